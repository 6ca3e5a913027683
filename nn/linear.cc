#include "nn/linear.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "nn/initialization.h"
#include "nn/module_work.h"
#include "nn/parameter.h"
#include "tensor/generator.h"
#include "tensor/linear.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
BasicLinear<T>::BasicLinear(int64_t in_features, int64_t out_features,
                            Generator& generator, Initialization initialization)
    : in_features_(in_features),
      out_features_(out_features),
      weight_({out_features, in_features}),
      bias_(Shape{out_features}) {
  Initialize(initialization, generator, weight_.value, bias_.value);
}

template <typename T>
std::string BasicLinear<T>::Description() const {
  return absl::StrCat("Linear(", in_features_, ", ", out_features_, ")");
}

template <typename T>
absl::StatusOr<Shape> BasicLinear<T>::OutputShape(const Shape& input) const {
  if (input != Shape{in_features_}) {
    return absl::InvalidArgumentError(absl::StrCat(
        Description(), " needs inputs of shape ",
        Shape{in_features_}.ToString(), ", not ", input.ToString()));
  }
  return Shape{out_features_};
}

template <typename T>
const Tensor<T>& BasicLinear<T>::Forward(const Tensor<T>& input) {
  input_ = &input;
  LinearForward(input, weight_.value, bias_.value, output_, workspace_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicLinear<T>::Backward(const Tensor<T>& output_gradient) {
  MINIDL_CHECK(input_ != nullptr, "Linear: Backward before Forward");
  LinearBackward(
      *input_, weight_.value, output_gradient, weight_.gradient, bias_.gradient,
      this->needs_input_gradient() ? &input_gradient_ : nullptr, workspace_);
  return input_gradient_;
}

template <typename T>
std::optional<BasicModuleWork<T>> BasicLinear<T>::Work(
    const Shape& /*input*/) const {
  const int64_t weights = in_features_ * out_features_;
  // Each weight is in one multiply-add; the first addition is to the bias.
  return this->WorkOf(2 * weights, 2 * weights + out_features_, 2 * weights);
}

template <typename T>
void BasicLinear<T>::AppendParameters(
    const std::string& prefix,
    std::vector<BasicNamedParameter<T>>* parameters) {
  parameters->push_back({absl::StrCat(prefix, "weight"), &weight_});
  parameters->push_back({absl::StrCat(prefix, "bias"), &bias_});
}

template class BasicLinear<float>;
template class BasicLinear<double>;

}  // namespace minidl
