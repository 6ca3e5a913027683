#ifndef MINIDL_TENSOR_ORDER_H_
#define MINIDL_TENSOR_ORDER_H_

#include "tensor/tensor.h"

// The order of two independent draws a and b from the classes 0 ... C-1, whose
// logits are the first and the last C of each row of logits (N×2C, C at least
// 2). Shapes that do not fit stop the program.
namespace minidl {

// log_probabilities (N×2) gets ln P(a > b) and ln P(a <= b), for
// P(a <= b) = the sum over i <= j of softmax(first C)_i softmax(last C)_j, and
// `greater` and `less_equal` (N×2C) their gradients by the logits. No
// probability underflows, however far apart the logits. All four others are
// resized.
template <typename T>
void OrderForward(const Tensor<T>& logits, Tensor<T>& log_probabilities,
                  Tensor<T>& greater, Tensor<T>& less_equal,
                  Tensor<T>& workspace);

// logits_gradient (N×2C, resized) from output_gradient, by log_probabilities:
// row by row output_gradient_0 greater + output_gradient_1 less_equal.
template <typename T>
void OrderBackward(const Tensor<T>& greater, const Tensor<T>& less_equal,
                   const Tensor<T>& output_gradient,
                   Tensor<T>& logits_gradient);

}  // namespace minidl

#endif  // MINIDL_TENSOR_ORDER_H_
