#include "nn/loss.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "tensor/binary_cross_entropy.h"
#include "tensor/cross_entropy.h"
#include "tensor/elementwise.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// What the sum of `count` terms is divided by.
double Divisor(Reduction reduction, int64_t count) {
  return reduction == Reduction::kMean ? static_cast<double>(count) : 1;
}

bool IsWeight(double weight) { return weight >= 0 && std::isfinite(weight); }

}  // namespace

template <typename T>
double BasicLossMSE<T>::Forward(const Tensor<T>& prediction,
                                const Tensor<T>& target) {
  MINIDL_CHECK(prediction.size() > 0, "LossMSE: no predictions");
  Subtract(prediction, target, difference_);
  return SumOfSquares(difference_) / Divisor(reduction_, difference_.size());
}

template <typename T>
const Tensor<T>& BasicLossMSE<T>::Backward(double weight) {
  MINIDL_CHECK(difference_.size() > 0, "LossMSE: Backward before Forward");
  Scale(difference_,
        static_cast<T>(2 * weight / Divisor(reduction_, difference_.size())),
        gradient_);
  return gradient_;
}

template <typename T>
BasicLossCrossEntropy<T>::BasicLossCrossEntropy(
    const LossCrossEntropyOptions& options)
    : options_(options),
      weighted_(options.label_smoothing != 0 ||
                !options.class_weights.empty()) {
  const auto& weights = options.class_weights;
  MINIDL_CHECK(0 <= options.label_smoothing && options.label_smoothing < 1,
               "LossCrossEntropy: label_smoothing is ", options.label_smoothing,
               "; expected at least 0 and less than 1");
  MINIDL_CHECK(
      std::all_of(weights.begin(), weights.end(), IsWeight) &&
          (weights.empty() || std::any_of(weights.begin(), weights.end(),
                                          [](double w) { return w > 0; })),
      "LossCrossEntropy: class_weights must be at least 0 and not all 0");
}

template <typename T>
void BasicLossCrossEntropy<T>::SetWeights(int64_t num_classes) {
  const auto& class_weights = options_.class_weights;
  MINIDL_CHECK(class_weights.empty() ||
                   static_cast<int64_t>(class_weights.size()) == num_classes,
               "LossCrossEntropy: ", class_weights.size(), " weights for ",
               num_classes, " classes");
  const double smoothing = options_.label_smoothing;
  weights_.target.Resize({num_classes});
  if (smoothing != 0) weights_.every.Resize({num_classes});
  for (int64_t c = 0; c < num_classes; ++c) {
    const double weight =
        class_weights.empty() ? 1 : class_weights[static_cast<size_t>(c)];
    weights_.target(c) = static_cast<T>((1 - smoothing) * weight);
    if (smoothing != 0) {
      weights_.every(c) =
          static_cast<T>(smoothing * weight / static_cast<double>(num_classes));
    }
  }
}

template <typename T>
double BasicLossCrossEntropy<T>::Forward(const Tensor<T>& prediction,
                                         const Tensor<int64_t>& target) {
  target_ = &target;
  divisor_ = Divisor(options_.reduction, target.size());
  if (!weighted_) {
    return CrossEntropyForward(prediction, target, probabilities_, workspace_) /
           divisor_;
  }
  if (weights_.target.size() != prediction.shape()[1]) {
    SetWeights(prediction.shape()[1]);
  }
  const double sum = WeightedCrossEntropyForward(prediction, target, weights_,
                                                 probabilities_, workspace_);
  if (options_.reduction == Reduction::kMean &&
      !options_.class_weights.empty()) {
    divisor_ = 0;
    for (const int64_t y : target.values()) {
      divisor_ += options_.class_weights[static_cast<size_t>(y)];
    }
  }
  return sum / divisor_;
}

template <typename T>
const Tensor<T>& BasicLossCrossEntropy<T>::Backward(double weight) {
  MINIDL_CHECK(target_ != nullptr, "LossCrossEntropy: Backward before Forward");
  if (weighted_) {
    WeightedCrossEntropyBackward(probabilities_, *target_, weights_,
                                 weight / divisor_, gradient_);
  } else {
    CrossEntropyBackward(probabilities_, *target_, weight / divisor_,
                         gradient_);
  }
  return gradient_;
}

template <typename T>
double BasicLossBCEWithLogits<T>::Forward(const Tensor<T>& prediction,
                                          const Tensor<T>& target) {
  MINIDL_CHECK(prediction.size() > 0, "LossBCEWithLogits: no predictions");
  return BinaryCrossEntropy(prediction, target, difference_) /
         Divisor(reduction_, difference_.size());
}

template <typename T>
const Tensor<T>& BasicLossBCEWithLogits<T>::Backward(double weight) {
  MINIDL_CHECK(difference_.size() > 0,
               "LossBCEWithLogits: Backward before Forward");
  Scale(difference_,
        static_cast<T>(weight / Divisor(reduction_, difference_.size())),
        gradient_);
  return gradient_;
}

template class BasicLossMSE<float>;
template class BasicLossMSE<double>;
template class BasicLossCrossEntropy<float>;
template class BasicLossCrossEntropy<double>;
template class BasicLossBCEWithLogits<float>;
template class BasicLossBCEWithLogits<double>;

}  // namespace minidl
