#include "tensor/cross_entropy.h"

#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "tensor/kernels/cross_entropy.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

template <typename T>
void CheckArguments(const char* operation, const Tensor<T>& logits,
                    const Tensor<int64_t>& targets) {
  MINIDL_CHECK(logits.shape().rank() == 2 &&
                   targets.shape() == Shape({logits.shape()[0]}),
               operation, ": logits ", logits.shape().ToString(),
               " and targets ", targets.shape().ToString(),
               " are not N×C and N");
  MINIDL_CHECK(logits.size() > 0, operation, ": no logits");
  const int64_t classes = logits.shape()[1];
  const auto wrong = std::find_if(
      targets.values().begin(), targets.values().end(),
      [classes](int64_t target) { return target < 0 || target >= classes; });
  MINIDL_CHECK(wrong == targets.values().end(), operation, ": target ", *wrong,
               " where there are ", classes, " classes");
}

template <typename T>
kernels::ClassWeights<T> CheckWeights(const char* operation,
                                      const ClassWeights<T>& weights,
                                      const Tensor<T>& logits) {
  const Shape classes = {logits.shape()[1]};
  for (const Tensor<T>* tensor : {&weights.target, &weights.every}) {
    MINIDL_CHECK(tensor->shape() == classes ||
                     (tensor == &weights.every && tensor->size() == 0),
                 operation, ": weights ", tensor->shape().ToString(),
                 " for logits ", logits.shape().ToString());
  }
  return {weights.target.data(),
          weights.every.size() == 0 ? nullptr : weights.every.data()};
}

}  // namespace

template <typename T>
double CrossEntropyForward(const Tensor<T>& logits,
                           const Tensor<int64_t>& targets,
                           Tensor<T>& probabilities, Tensor<T>& workspace) {
  CheckArguments("CrossEntropyForward", logits, targets);
  const int64_t classes = logits.shape()[1];
  probabilities.Resize(logits.shape());
  workspace.Resize({kernels::SoftmaxCrossEntropyWorkspaceSize(classes)});
  return kernels::SoftmaxCrossEntropy(logits.shape()[0], classes, logits.data(),
                                      targets.data(), probabilities.data(),
                                      workspace.data());
}

template <typename T>
void CrossEntropyBackward(const Tensor<T>& probabilities,
                          const Tensor<int64_t>& targets, double scale,
                          Tensor<T>& logits_gradient) {
  CheckArguments("CrossEntropyBackward", probabilities, targets);
  logits_gradient.Resize(probabilities.shape());
  kernels::SoftmaxCrossEntropyGradient(
      probabilities.shape()[0], probabilities.shape()[1], probabilities.data(),
      targets.data(), static_cast<T>(scale), logits_gradient.data());
}

template <typename T>
double WeightedCrossEntropyForward(const Tensor<T>& logits,
                                   const Tensor<int64_t>& targets,
                                   const ClassWeights<T>& weights,
                                   Tensor<T>& probabilities,
                                   Tensor<T>& workspace) {
  CheckArguments("WeightedCrossEntropyForward", logits, targets);
  const int64_t classes = logits.shape()[1];
  probabilities.Resize(logits.shape());
  workspace.Resize({kernels::SoftmaxCrossEntropyWorkspaceSize(classes)});
  return kernels::WeightedSoftmaxCrossEntropy(
      logits.shape()[0], classes, logits.data(), targets.data(),
      CheckWeights("WeightedCrossEntropyForward", weights, logits),
      probabilities.data(), workspace.data());
}

template <typename T>
void WeightedCrossEntropyBackward(const Tensor<T>& probabilities,
                                  const Tensor<int64_t>& targets,
                                  const ClassWeights<T>& weights, double scale,
                                  Tensor<T>& logits_gradient) {
  CheckArguments("WeightedCrossEntropyBackward", probabilities, targets);
  logits_gradient.Resize(probabilities.shape());
  kernels::WeightedSoftmaxCrossEntropyGradient(
      probabilities.shape()[0], probabilities.shape()[1], probabilities.data(),
      targets.data(),
      CheckWeights("WeightedCrossEntropyBackward", weights, probabilities),
      static_cast<T>(scale), logits_gradient.data());
}

#define MINIDL_INSTANTIATE(T)                                                  \
  template double CrossEntropyForward(                                         \
      const Tensor<T>&, const Tensor<int64_t>&, Tensor<T>&, Tensor<T>&);       \
  template void CrossEntropyBackward(const Tensor<T>&, const Tensor<int64_t>&, \
                                     double, Tensor<T>&);                      \
  template double WeightedCrossEntropyForward(                                 \
      const Tensor<T>&, const Tensor<int64_t>&, const ClassWeights<T>&,        \
      Tensor<T>&, Tensor<T>&);                                                 \
  template void WeightedCrossEntropyBackward(                                  \
      const Tensor<T>&, const Tensor<int64_t>&, const ClassWeights<T>&,        \
      double, Tensor<T>&);
MINIDL_INSTANTIATE(float)
MINIDL_INSTANTIATE(double)
#undef MINIDL_INSTANTIATE

}  // namespace minidl
