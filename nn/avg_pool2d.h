#ifndef MINIDL_NN_AVG_POOL2D_H_
#define MINIDL_NN_AVG_POOL2D_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "nn/module.h"
#include "tensor/avg_pool2d.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// The mean of each square window, as torch.nn.AvgPool2d: C×H×W -> C×H'×W' with
// H' = floor((H + 2 padding - kernel_size) / stride) + 1. Zeros of the padding,
// which is at most kernel_size / 2, count.
template <typename T>
class BasicAvgPool2d : public BasicModule<T> {
 public:
  BasicAvgPool2d(int64_t kernel_size, int64_t stride, int64_t padding = 0);
  // Windows side by side.
  explicit BasicAvgPool2d(int64_t kernel_size)
      : BasicAvgPool2d(kernel_size, kernel_size) {}

  std::string Description() const override;
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override;
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;

 private:
  const AvgPool2dOptions options_;
  Shape input_shape_;
  Tensor<T> output_;
  Tensor<T> input_gradient_;
};

using AvgPool2d = BasicAvgPool2d<float>;

}  // namespace minidl

#endif  // MINIDL_NN_AVG_POOL2D_H_
