#ifndef MINIDL_TENSOR_AVG_POOL2D_H_
#define MINIDL_TENSOR_AVG_POOL2D_H_

#include <cstdint>

#include "tensor/shape.h"
#include "tensor/tensor.h"

// The mean of each square window of a batch of images, as
// torch.nn.functional.avg_pool2d. Shapes that do not fit stop the program.
namespace minidl {

// Windows are `stride` apart, in images with `padding` zeros on each side, at
// most kernel_size / 2, that count as elements.
struct AvgPool2dOptions {
  int64_t kernel_size;
  int64_t stride;
  int64_t padding = 0;
};

// output (N×C×H'×W', resized) from input (N×C×H×W), H' = NumWindows(H,
// kernel_size, stride, padding).
template <typename T>
void AvgPool2dForward(const Tensor<T>& input, const AvgPool2dOptions& options,
                      Tensor<T>& output);

// input_gradient (N×C×H×W = input_shape, resized) gets from each window that an
// element is in the output gradient / kernel_size².
template <typename T>
void AvgPool2dBackward(const Tensor<T>& output_gradient,
                       const Shape& input_shape,
                       const AvgPool2dOptions& options,
                       Tensor<T>& input_gradient);

}  // namespace minidl

#endif  // MINIDL_TENSOR_AVG_POOL2D_H_
