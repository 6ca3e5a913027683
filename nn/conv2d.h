#ifndef MINIDL_NN_CONV2D_H_
#define MINIDL_NN_CONV2D_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nn/initialization.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "nn/parameter.h"
#include "tensor/conv2d.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// Convolution of images with square kernels and a bias, as torch.nn.Conv2d:
// in_channels×H×W -> out_channels×H'×W' with
// H' = floor((H + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1.
// Parameters "weight" (out×in×K×K) and "bias" (out).
template <typename T>
class BasicConv2d : public BasicModule<T> {
 public:
  BasicConv2d(int64_t in_channels, int64_t out_channels, int64_t kernel_size,
              const Conv2dOptions& options, Generator& generator,
              Initialization initialization = Initialization::kPyTorchDefault);
  // Stride 1, no padding, no dilation.
  BasicConv2d(int64_t in_channels, int64_t out_channels, int64_t kernel_size,
              Generator& generator)
      : BasicConv2d(in_channels, out_channels, kernel_size, {}, generator) {}

  int64_t kernel_size() const { return kernel_size_; }
  const Conv2dOptions& options() const { return options_; }
  BasicParameter<T>& weight() { return weight_; }
  BasicParameter<T>& bias() { return bias_; }

  std::string Description() const override;
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override;
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  std::optional<BasicModuleWork<T>> Work(const Shape& input) const override;
  void AppendParameters(
      const std::string& prefix,
      std::vector<BasicNamedParameter<T>>* parameters) override;

 private:
  const int64_t in_channels_;
  const int64_t out_channels_;
  const int64_t kernel_size_;
  const Conv2dOptions options_;
  BasicParameter<T> weight_;
  BasicParameter<T> bias_;
  const Tensor<T>* input_ = nullptr;
  Tensor<T> output_;
  Tensor<T> input_gradient_;
  Tensor<T> workspace_;
};

using Conv2d = BasicConv2d<float>;

}  // namespace minidl

#endif  // MINIDL_NN_CONV2D_H_
