#include "tensor/max_pool2d.h"

#include <cstdint>

#include "base/check.h"
#include "tensor/kernels/max_pool2d.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/windows.h"

namespace minidl {

template <typename T>
void MaxPool2dForward(const Tensor<T>& input, int64_t kernel_size,
                      int64_t stride, Tensor<T>& output,
                      Tensor<int64_t>& argmax) {
  const Shape& shape = input.shape();
  MINIDL_CHECK(shape.rank() == 4, "MaxPool2dForward: input ", shape.ToString(),
               " is not N×C×H×W");
  MINIDL_CHECK(kernel_size > 0 && stride > 0, "MaxPool2dForward: kernel size ",
               kernel_size, ", stride ", stride);
  const int64_t height = NumWindows(shape[2], kernel_size, stride);
  const int64_t width = NumWindows(shape[3], kernel_size, stride);
  MINIDL_CHECK(height > 0 && width > 0, "MaxPool2dForward: kernel size ",
               kernel_size, " is larger than input ", shape.ToString());
  output.Resize({shape[0], shape[1], height, width});
  argmax.Resize(output.shape());
  kernels::Pool2dGeometry geometry;
  geometry.height = shape[2];
  geometry.width = shape[3];
  geometry.kernel_size = kernel_size;
  geometry.stride = stride;
  geometry.output_height = height;
  geometry.output_width = width;
  kernels::MaxPool2dForward(geometry, shape[0] * shape[1], input.data(),
                            output.data(), argmax.data());
}

template <typename T>
void MaxPool2dBackward(const Tensor<T>& output_gradient,
                       const Tensor<int64_t>& argmax, const Shape& input_shape,
                       Tensor<T>& input_gradient) {
  const Shape& output = output_gradient.shape();
  MINIDL_CHECK(output == argmax.shape(), "MaxPool2dBackward: output gradient ",
               output.ToString(), " and argmax ", argmax.shape().ToString());
  MINIDL_CHECK(input_shape.rank() == 4 && output.rank() == 4 &&
                   input_shape[0] == output[0] && input_shape[1] == output[1],
               "MaxPool2dBackward: output gradient ", output.ToString(),
               " for input ", input_shape.ToString());
  input_gradient.Resize(input_shape);
  input_gradient.Fill(0);
  kernels::MaxPool2dBackward(output[0] * output[1], output[2] * output[3],
                             input_shape[2] * input_shape[3],
                             output_gradient.data(), argmax.data(),
                             input_gradient.data());
}

template void MaxPool2dForward(const Tensor<float>&, int64_t, int64_t,
                               Tensor<float>&, Tensor<int64_t>&);
template void MaxPool2dForward(const Tensor<double>&, int64_t, int64_t,
                               Tensor<double>&, Tensor<int64_t>&);
template void MaxPool2dBackward(const Tensor<float>&, const Tensor<int64_t>&,
                                const Shape&, Tensor<float>&);
template void MaxPool2dBackward(const Tensor<double>&, const Tensor<int64_t>&,
                                const Shape&, Tensor<double>&);

}  // namespace minidl
