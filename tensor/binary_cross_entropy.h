#ifndef MINIDL_TENSOR_BINARY_CROSS_ENTROPY_H_
#define MINIDL_TENSOR_BINARY_CROSS_ENTROPY_H_

#include "tensor/tensor.h"

namespace minidl {

// The sum over all elements of -y ln s(z) - (1 - y) ln(1 - s(z)) for logits z
// and targets y from 0 to 1, where s(z) = 1 / (1 + exp(-z)), as
// torch.nn.functional.binary_cross_entropy_with_logits with reduction="sum".
// difference (resized) = s(z) - y: the gradient by the logits. Does not
// overflow, however large the logits. Shapes that differ stop the program.
template <typename T>
double BinaryCrossEntropy(const Tensor<T>& logits, const Tensor<T>& targets,
                          Tensor<T>& difference);

}  // namespace minidl

#endif  // MINIDL_TENSOR_BINARY_CROSS_ENTROPY_H_
