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

}  // namespace

template <typename T>
double CrossEntropyForward(const Tensor<T>& logits,
                           const Tensor<int64_t>& targets,
                           Tensor<T>& probabilities, Tensor<T>& workspace) {
  CheckArguments("CrossEntropyForward", logits, targets);
  const int64_t batch = logits.shape()[0];
  const int64_t classes = logits.shape()[1];
  probabilities.Resize(logits.shape());
  workspace.Resize({kernels::SoftmaxCrossEntropyWorkspaceSize(classes)});
  const double sum = kernels::SoftmaxCrossEntropy(
      batch, classes, logits.data(), targets.data(), probabilities.data(),
      workspace.data());
  return sum / static_cast<double>(batch);
}

template <typename T>
void CrossEntropyBackward(const Tensor<T>& probabilities,
                          const Tensor<int64_t>& targets, double weight,
                          Tensor<T>& logits_gradient) {
  CheckArguments("CrossEntropyBackward", probabilities, targets);
  logits_gradient.Resize(probabilities.shape());
  kernels::SoftmaxCrossEntropyGradient(
      probabilities.shape()[0], probabilities.shape()[1], probabilities.data(),
      targets.data(),
      static_cast<T>(weight / static_cast<double>(probabilities.shape()[0])),
      logits_gradient.data());
}

template double CrossEntropyForward(const Tensor<float>&,
                                    const Tensor<int64_t>&, Tensor<float>&,
                                    Tensor<float>&);
template double CrossEntropyForward(const Tensor<double>&,
                                    const Tensor<int64_t>&, Tensor<double>&,
                                    Tensor<double>&);
template void CrossEntropyBackward(const Tensor<float>&, const Tensor<int64_t>&,
                                   double, Tensor<float>&);
template void CrossEntropyBackward(const Tensor<double>&,
                                   const Tensor<int64_t>&, double,
                                   Tensor<double>&);

}  // namespace minidl
