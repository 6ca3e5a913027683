#ifndef MINIDL_NN_LOSS_H_
#define MINIDL_NN_LOSS_H_

#include <cstdint>
#include <vector>

#include "tensor/cross_entropy.h"
#include "tensor/tensor.h"

// Losses: Forward gives the value, Backward the gradient by the prediction of
// the latest Forward, which stays until the next Backward. The target must
// neither change nor go before Backward. `weight` multiplies the gradient, for
// losses that are one term of a sum. Shapes that do not fit and an empty batch
// stop the program.
namespace minidl {

// What becomes of the terms of a batch.
enum class Reduction { kMean, kSum };

// Squared error (prediction - target)² of every element of the batch, reduced
// over all of them, as torch.nn.MSELoss: both of one shape.
template <typename T>
class BasicLossMSE {
 public:
  explicit BasicLossMSE(Reduction reduction = Reduction::kMean)
      : reduction_(reduction) {}

  double Forward(const Tensor<T>& prediction, const Tensor<T>& target);
  const Tensor<T>& Backward(double weight = 1);

 private:
  const Reduction reduction_;
  Tensor<T> difference_;
  Tensor<T> gradient_;
};

struct LossCrossEntropyOptions {
  Reduction reduction = Reduction::kMean;
  // The part e of the target's probability that is spread over all classes: at
  // least 0 and less than 1.
  double label_smoothing = 0;
  // A weight w_c of each class, at least 0 and not all 0. Empty: all 1.
  std::vector<double> class_weights;
};

// Cross-entropy of classes after a softmax, as torch.nn.CrossEntropyLoss:
// logits N×C and classes y of N examples, from 0. With p = softmax(prediction),
// an example's term is
//   -(1 - e) w_y ln p_y - e / C sum_c w_c ln p_c,
// and the mean is the terms' sum over the sum of the examples' w_y. Options
// that have no meaning stop the program.
template <typename T>
class BasicLossCrossEntropy {
 public:
  explicit BasicLossCrossEntropy(const LossCrossEntropyOptions& options = {});

  double Forward(const Tensor<T>& prediction, const Tensor<int64_t>& target);
  const Tensor<T>& Backward(double weight = 1);

 private:
  // Fills weights_ for so many classes.
  void SetWeights(int64_t num_classes);

  const LossCrossEntropyOptions options_;
  const bool weighted_;  // Or with smoothing.
  ClassWeights<T> weights_;
  const Tensor<int64_t>* target_ = nullptr;
  double divisor_ = 1;  // Of the sum.
  Tensor<T> probabilities_;
  Tensor<T> workspace_;
  Tensor<T> gradient_;
};

// Binary cross-entropy -y ln s(z) - (1 - y) ln(1 - s(z)) of every logit z of
// the batch and its target y, from 0 to 1, with s(z) = 1 / (1 + exp(-z)),
// reduced over all of them, as torch.nn.BCEWithLogitsLoss: both of one shape.
// Does not overflow, however large the logits.
template <typename T>
class BasicLossBCEWithLogits {
 public:
  explicit BasicLossBCEWithLogits(Reduction reduction = Reduction::kMean)
      : reduction_(reduction) {}

  double Forward(const Tensor<T>& prediction, const Tensor<T>& target);
  const Tensor<T>& Backward(double weight = 1);

 private:
  const Reduction reduction_;
  Tensor<T> difference_;
  Tensor<T> gradient_;
};

using LossMSE = BasicLossMSE<float>;
using LossCrossEntropy = BasicLossCrossEntropy<float>;
using LossBCEWithLogits = BasicLossBCEWithLogits<float>;

}  // namespace minidl

#endif  // MINIDL_NN_LOSS_H_
