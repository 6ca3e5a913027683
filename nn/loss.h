#ifndef MINIDL_NN_LOSS_H_
#define MINIDL_NN_LOSS_H_

#include <cstdint>

#include "tensor/tensor.h"

// Losses: Forward gives the value, Backward the gradient by the prediction of
// the latest Forward, which stays until the next Backward. The target must
// neither change nor go before Backward. `weight` multiplies the gradient, for
// losses that are one term of a sum. Shapes that do not fit stop the program.
namespace minidl {

// Mean squared error, the mean over all elements of the batch of (prediction -
// target)², as torch.nn.MSELoss: both of one shape.
template <typename T>
class BasicLossMSE {
 public:
  double Forward(const Tensor<T>& prediction, const Tensor<T>& target);
  const Tensor<T>& Backward(double weight = 1);

 private:
  Tensor<T> difference_;
  Tensor<T> gradient_;
};

// Cross-entropy of classes after a softmax, the mean over the batch of -ln
// softmax(prediction)[target], as torch.nn.CrossEntropyLoss: logits N×C and
// classes N, from 0.
template <typename T>
class BasicLossCrossEntropy {
 public:
  double Forward(const Tensor<T>& prediction, const Tensor<int64_t>& target);
  const Tensor<T>& Backward(double weight = 1);

 private:
  const Tensor<int64_t>* target_ = nullptr;
  Tensor<T> probabilities_;
  Tensor<T> workspace_;
  Tensor<T> gradient_;
};

using LossMSE = BasicLossMSE<float>;
using LossCrossEntropy = BasicLossCrossEntropy<float>;

}  // namespace minidl

#endif  // MINIDL_NN_LOSS_H_
