#include "nn/layer_norm.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "nn/parameter.h"
#include "tensor/layer_norm.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
BasicLayerNorm<T>::BasicLayerNorm(const Shape& normalized_shape, double epsilon)
    : epsilon_(epsilon), weight_(normalized_shape), bias_(normalized_shape) {
  MINIDL_CHECK(normalized_shape.rank() > 0 && weight_.value.size() > 0,
               "LayerNorm: normalized shape ", normalized_shape.ToString());
  MINIDL_CHECK(epsilon > 0 && std::isfinite(epsilon), "LayerNorm: epsilon ",
               epsilon);
  weight_.value.Fill(1);
}

template <typename T>
std::string BasicLayerNorm<T>::Description() const {
  return absl::StrCat(
      "LayerNorm(", weight_.value.shape().ToString(),
      epsilon_ == kDefaultEpsilon ? "" : absl::StrCat(", epsilon=", epsilon_),
      ")");
}

template <typename T>
absl::StatusOr<Shape> BasicLayerNorm<T>::OutputShape(const Shape& input) const {
  const auto sizes = input.sizes();
  const auto last = weight_.value.shape().sizes();
  if (last.size() <= sizes.size() &&
      std::equal(last.rbegin(), last.rend(), sizes.rbegin())) {
    return input;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(Description(), " needs inputs of shape [..., ",
                   absl::StrJoin(last, ", "), "], not ", input.ToString()));
}

template <typename T>
const Tensor<T>& BasicLayerNorm<T>::Forward(const Tensor<T>& input) {
  MINIDL_CHECK(OutputShape(input.shape().WithoutOuter()).ok(),
               "LayerNorm: input ", input.shape().ToString(),
               " where the normalized shape is ",
               weight_.value.shape().ToString());
  input_ = &input;
  LayerNormForward(input, weight_.value, bias_.value, epsilon_, moments_,
                   output_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicLayerNorm<T>::Backward(const Tensor<T>& output_gradient) {
  MINIDL_CHECK(input_ != nullptr, "LayerNorm: Backward before Forward");
  LayerNormBackward(*input_, weight_.value, moments_, output_gradient,
                    weight_.gradient, bias_.gradient,
                    this->needs_input_gradient() ? &input_gradient_ : nullptr);
  return input_gradient_;
}

template <typename T>
void BasicLayerNorm<T>::AppendParameters(
    const std::string& prefix,
    std::vector<BasicNamedParameter<T>>* parameters) {
  parameters->push_back({absl::StrCat(prefix, "weight"), &weight_});
  parameters->push_back({absl::StrCat(prefix, "bias"), &bias_});
}

template class BasicLayerNorm<float>;
template class BasicLayerNorm<double>;

}  // namespace minidl
