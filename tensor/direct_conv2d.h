#ifndef MINIDL_TENSOR_DIRECT_CONV2D_H_
#define MINIDL_TENSOR_DIRECT_CONV2D_H_

#include "tensor/kernels/im2col.h"
#include "tensor/tensor.h"

// What Conv2dForward and Conv2dBackward do in float where stride and dilation
// are 1 (kernels::IsDirectConv2d), for shapes that they have checked.
namespace minidl {

// output has its shape already.
void DirectConv2dForward(const kernels::Conv2dGeometry& geometry,
                         const Tensor<float>& input,
                         const Tensor<float>& weight, const Tensor<float>& bias,
                         Tensor<float>& output, Tensor<float>& workspace);

// Adds to the weight's gradient; input_gradient, if it is not null, has its
// shape already.
void DirectConv2dBackward(const kernels::Conv2dGeometry& geometry,
                          const Tensor<float>& input,
                          const Tensor<float>& weight,
                          const Tensor<float>& output_gradient,
                          Tensor<float>& weight_gradient,
                          Tensor<float>* input_gradient,
                          Tensor<float>& workspace);

}  // namespace minidl

#endif  // MINIDL_TENSOR_DIRECT_CONV2D_H_
