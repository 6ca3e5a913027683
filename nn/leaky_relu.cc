#include "nn/leaky_relu.h"

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "tensor/elementwise.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
BasicLeakyReLU<T>::BasicLeakyReLU(double negative_slope)
    : negative_slope_(negative_slope) {
  MINIDL_CHECK(std::isfinite(negative_slope), "LeakyReLU: negative slope ",
               negative_slope);
}

template <typename T>
std::string BasicLeakyReLU<T>::Description() const {
  return absl::StrCat("LeakyReLU(", negative_slope_, ")");
}

template <typename T>
const Tensor<T>& BasicLeakyReLU<T>::Forward(const Tensor<T>& input) {
  input_ = &input;
  LeakyReluForward(input, static_cast<T>(negative_slope_), output_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicLeakyReLU<T>::Backward(const Tensor<T>& output_gradient) {
  MINIDL_CHECK(input_ != nullptr, "LeakyReLU: Backward before Forward");
  LeakyReluBackward(*input_, output_gradient, static_cast<T>(negative_slope_),
                    input_gradient_);
  return input_gradient_;
}

template class BasicLeakyReLU<float>;
template class BasicLeakyReLU<double>;

}  // namespace minidl
