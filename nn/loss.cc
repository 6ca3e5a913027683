#include "nn/loss.h"

#include <cstdint>

#include "base/check.h"
#include "tensor/cross_entropy.h"
#include "tensor/elementwise.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
double BasicLossMSE<T>::Forward(const Tensor<T>& prediction,
                                const Tensor<T>& target) {
  MINIDL_CHECK(prediction.size() > 0, "LossMSE: no predictions");
  Subtract(prediction, target, difference_);
  return SumOfSquares(difference_) / static_cast<double>(difference_.size());
}

template <typename T>
const Tensor<T>& BasicLossMSE<T>::Backward(double weight) {
  MINIDL_CHECK(difference_.size() > 0, "LossMSE: Backward before Forward");
  Scale(difference_,
        static_cast<T>(2 * weight / static_cast<double>(difference_.size())),
        gradient_);
  return gradient_;
}

template <typename T>
double BasicLossCrossEntropy<T>::Forward(const Tensor<T>& prediction,
                                         const Tensor<int64_t>& target) {
  target_ = &target;
  return CrossEntropyForward(prediction, target, probabilities_, workspace_);
}

template <typename T>
const Tensor<T>& BasicLossCrossEntropy<T>::Backward(double weight) {
  MINIDL_CHECK(target_ != nullptr, "LossCrossEntropy: Backward before Forward");
  CrossEntropyBackward(probabilities_, *target_, weight, gradient_);
  return gradient_;
}

template class BasicLossMSE<float>;
template class BasicLossMSE<double>;
template class BasicLossCrossEntropy<float>;
template class BasicLossCrossEntropy<double>;

}  // namespace minidl
