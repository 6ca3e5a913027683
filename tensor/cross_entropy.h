#ifndef MINIDL_TENSOR_CROSS_ENTROPY_H_
#define MINIDL_TENSOR_CROSS_ENTROPY_H_

#include <cstdint>

#include "tensor/tensor.h"

// Cross-entropy between logits and classes, as
// torch.nn.functional.cross_entropy with reduction="mean". Shapes that do not
// fit, an empty batch and a class that does not exist stop the program.
namespace minidl {

// The mean over the batch of -ln p[n, targets[n]], for logits (N×C) and targets
// (N, 0 ... C-1); probabilities (N×C, resized) gets p = softmax(logits) of each
// row. Does not overflow, however large the logits. workspace is resized.
template <typename T>
double CrossEntropyForward(const Tensor<T>& logits,
                           const Tensor<int64_t>& targets,
                           Tensor<T>& probabilities, Tensor<T>& workspace);

// logits_gradient (N×C, resized) = weight (p - one-hot target) / N: the
// gradient of `weight` times the loss.
template <typename T>
void CrossEntropyBackward(const Tensor<T>& probabilities,
                          const Tensor<int64_t>& targets, double weight,
                          Tensor<T>& logits_gradient);

}  // namespace minidl

#endif  // MINIDL_TENSOR_CROSS_ENTROPY_H_
