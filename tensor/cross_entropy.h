#ifndef MINIDL_TENSOR_CROSS_ENTROPY_H_
#define MINIDL_TENSOR_CROSS_ENTROPY_H_

#include <cstdint>

#include "tensor/tensor.h"

// Cross-entropy between logits and classes, as
// torch.nn.functional.cross_entropy with reduction="sum". Shapes that do not
// fit, an empty batch and a class that does not exist stop the program.
namespace minidl {

// The sum over the batch of -ln p[n, targets[n]], for logits (N×C) and targets
// (N, 0 ... C-1); probabilities (N×C, resized) gets p = softmax(logits) of each
// row. Does not overflow, however large the logits. workspace is resized.
template <typename T>
double CrossEntropyForward(const Tensor<T>& logits,
                           const Tensor<int64_t>& targets,
                           Tensor<T>& probabilities, Tensor<T>& workspace);

// logits_gradient (N×C, resized) = scale (p - one-hot target): the gradient of
// `scale` times the loss.
template <typename T>
void CrossEntropyBackward(const Tensor<T>& probabilities,
                          const Tensor<int64_t>& targets, double scale,
                          Tensor<T>& logits_gradient);

// How much the classes count: for each of the C classes a weight where it is
// the target, and one in every row, which label smoothing makes; [0] means none
// of those.
template <typename T>
struct ClassWeights {
  Tensor<T> target;
  Tensor<T> every;
};

// The same with -target[y] ln p[n, y] - sum_c every[c] ln p[n, c] for the loss
// of row n, where y is targets[n].
template <typename T>
double WeightedCrossEntropyForward(const Tensor<T>& logits,
                                   const Tensor<int64_t>& targets,
                                   const ClassWeights<T>& weights,
                                   Tensor<T>& probabilities,
                                   Tensor<T>& workspace);
template <typename T>
void WeightedCrossEntropyBackward(const Tensor<T>& probabilities,
                                  const Tensor<int64_t>& targets,
                                  const ClassWeights<T>& weights, double scale,
                                  Tensor<T>& logits_gradient);

}  // namespace minidl

#endif  // MINIDL_TENSOR_CROSS_ENTROPY_H_
