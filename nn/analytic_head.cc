#include "nn/analytic_head.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "nn/module_work.h"
#include "tensor/order.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
absl::StatusOr<Shape> BasicAnalyticHead<T>::OutputShape(
    const Shape& input) const {
  if (input.rank() != 1 || input[0] < 4 || input[0] % 2 != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "AnalyticHead() needs inputs of shape [2C], the logits of at least two "
        "classes for each image, not ",
        input.ToString()));
  }
  return Shape{2};
}

template <typename T>
const Tensor<T>& BasicAnalyticHead<T>::Forward(const Tensor<T>& input) {
  OrderForward(input, output_, greater_, less_equal_, workspace_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicAnalyticHead<T>::Backward(
    const Tensor<T>& output_gradient) {
  OrderBackward(greater_, less_equal_, output_gradient, input_gradient_);
  return input_gradient_;
}

template <typename T>
std::optional<BasicModuleWork<T>> BasicAnalyticHead<T>::Work(
    const Shape& input) const {
  // For each logit the softmax (subtracting the largest, exp, sum, division),
  // and for both probabilities a running sum and a multiply-add.
  return this->WorkOf(8 * input[0], 0, 3 * input[0]);
}

template class BasicAnalyticHead<float>;
template class BasicAnalyticHead<double>;

}  // namespace minidl
