#ifndef MINIDL_TENSOR_MAX_POOL2D_H_
#define MINIDL_TENSOR_MAX_POOL2D_H_

#include <cstdint>

#include "tensor/shape.h"
#include "tensor/tensor.h"

// The largest value of each square window of a batch of images, as
// torch.nn.functional.max_pool2d. Shapes that do not fit stop the program.
namespace minidl {

// output (N×C×H'×W', resized) from input (N×C×H×W), H' = floor((H -
// kernel_size) / stride) + 1. Of equal values the first in row-major order
// counts; a NaN is larger than all, and the last one counts. argmax (resized
// like output) gets each largest value's index within its H×W plane.
template <typename T>
void MaxPool2dForward(const Tensor<T>& input, int64_t kernel_size,
                      int64_t stride, Tensor<T>& output,
                      Tensor<int64_t>& argmax);

// input_gradient (N×C×H×W = input_shape, resized) gets each output gradient at
// its argmax, the sum where windows overlap, and 0 elsewhere.
template <typename T>
void MaxPool2dBackward(const Tensor<T>& output_gradient,
                       const Tensor<int64_t>& argmax, const Shape& input_shape,
                       Tensor<T>& input_gradient);

}  // namespace minidl

#endif  // MINIDL_TENSOR_MAX_POOL2D_H_
