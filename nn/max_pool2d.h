#ifndef MINIDL_NN_MAX_POOL2D_H_
#define MINIDL_NN_MAX_POOL2D_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// The largest value of each square window, as torch.nn.MaxPool2d: C×H×W ->
// C×H'×W' with H' = floor((H - kernel_size) / stride) + 1.
template <typename T>
class BasicMaxPool2d : public BasicModule<T> {
 public:
  BasicMaxPool2d(int64_t kernel_size, int64_t stride);
  // Windows side by side.
  explicit BasicMaxPool2d(int64_t kernel_size)
      : BasicMaxPool2d(kernel_size, kernel_size) {}

  int64_t kernel_size() const { return kernel_size_; }
  int64_t stride() const { return stride_; }

  std::string Description() const override;
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override;
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  std::optional<BasicModuleWork<T>> Work(const Shape& input) const override;

 private:
  const int64_t kernel_size_;
  const int64_t stride_;
  Shape input_shape_;
  Tensor<T> output_;
  Tensor<int64_t> argmax_;
  Tensor<T> input_gradient_;
};

using MaxPool2d = BasicMaxPool2d<float>;

}  // namespace minidl

#endif  // MINIDL_NN_MAX_POOL2D_H_
