#include "tensor/avg_pool2d.h"

#include <cstdint>

#include "base/check.h"
#include "tensor/kernels/avg_pool2d.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/windows.h"

namespace minidl {
namespace {

kernels::AvgPool2dGeometry Geometry(const char* operation, const Shape& input,
                                    const AvgPool2dOptions& options) {
  MINIDL_CHECK(input.rank() == 4, operation, ": input ", input.ToString(),
               " is not N×C×H×W");
  MINIDL_CHECK(options.kernel_size > 0 && options.stride > 0 &&
                   0 <= options.padding &&
                   options.padding <= options.kernel_size / 2,
               operation, ": kernel size ", options.kernel_size, ", stride ",
               options.stride, ", padding ", options.padding);
  kernels::AvgPool2dGeometry geometry;
  geometry.height = input[2];
  geometry.width = input[3];
  geometry.kernel_size = options.kernel_size;
  geometry.stride = options.stride;
  geometry.padding = options.padding;
  geometry.output_height = NumWindows(input[2], options.kernel_size,
                                      options.stride, options.padding);
  geometry.output_width = NumWindows(input[3], options.kernel_size,
                                     options.stride, options.padding);
  MINIDL_CHECK(geometry.output_height > 0 && geometry.output_width > 0,
               operation, ": kernel size ", options.kernel_size,
               " is larger than input ", input.ToString(), " with padding ",
               options.padding);
  return geometry;
}

}  // namespace

template <typename T>
void AvgPool2dForward(const Tensor<T>& input, const AvgPool2dOptions& options,
                      Tensor<T>& output) {
  const Shape& shape = input.shape();
  const kernels::AvgPool2dGeometry geometry =
      Geometry("AvgPool2dForward", shape, options);
  output.Resize(
      {shape[0], shape[1], geometry.output_height, geometry.output_width});
  kernels::AvgPool2dForward(geometry, shape[0] * shape[1], input.data(),
                            output.data());
}

template <typename T>
void AvgPool2dBackward(const Tensor<T>& output_gradient,
                       const Shape& input_shape,
                       const AvgPool2dOptions& options,
                       Tensor<T>& input_gradient) {
  const kernels::AvgPool2dGeometry geometry =
      Geometry("AvgPool2dBackward", input_shape, options);
  MINIDL_CHECK(
      output_gradient.shape().Is(input_shape[0], input_shape[1],
                                 geometry.output_height, geometry.output_width),
      "AvgPool2dBackward: output gradient ", output_gradient.shape().ToString(),
      " for input ", input_shape.ToString());
  input_gradient.Resize(input_shape);
  kernels::AvgPool2dBackward(geometry, input_shape[0] * input_shape[1],
                             output_gradient.data(), input_gradient.data());
}

template void AvgPool2dForward(const Tensor<float>&, const AvgPool2dOptions&,
                               Tensor<float>&);
template void AvgPool2dForward(const Tensor<double>&, const AvgPool2dOptions&,
                               Tensor<double>&);
template void AvgPool2dBackward(const Tensor<float>&, const Shape&,
                                const AvgPool2dOptions&, Tensor<float>&);
template void AvgPool2dBackward(const Tensor<double>&, const Shape&,
                                const AvgPool2dOptions&, Tensor<double>&);

}  // namespace minidl
