#ifndef MINIDL_TENSOR_LINEAR_H_
#define MINIDL_TENSOR_LINEAR_H_

#include "tensor/tensor.h"

// The affine map of a batch of feature vectors, as torch.nn.functional.linear.
// Shapes that do not fit stop the program. `workspace` is scratch memory that
// grows to what is needed; pass the same tensor each time.
namespace minidl {

// output (N×out, resized) = input (N×in) weight^T (out×in) + bias (out).
template <typename T>
void LinearForward(const Tensor<T>& input, const Tensor<T>& weight,
                   const Tensor<T>& bias, Tensor<T>& output,
                   Tensor<T>& workspace);

// From the gradient of a loss by the output (N×out):
//   weight_gradient (out×in) += output_gradient^T input,
//   bias_gradient (out) += the sum of output_gradient's rows, and
//   *input_gradient (N×in, resized) = output_gradient weight,
// the last only if `input_gradient` is not null.
template <typename T>
void LinearBackward(const Tensor<T>& input, const Tensor<T>& weight,
                    const Tensor<T>& output_gradient,
                    Tensor<T>& weight_gradient, Tensor<T>& bias_gradient,
                    Tensor<T>* input_gradient, Tensor<T>& workspace);

}  // namespace minidl

#endif  // MINIDL_TENSOR_LINEAR_H_
