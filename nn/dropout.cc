#include "nn/dropout.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "tensor/elementwise.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
BasicDropout<T>::BasicDropout(double probability, Generator& generator)
    : probability_(probability), generator_(generator) {
  MINIDL_CHECK(0 <= probability && probability < 1, "Dropout: probability ",
               probability);
}

template <typename T>
std::string BasicDropout<T>::Description() const {
  return absl::StrCat("Dropout(", probability_, ")");
}

template <typename T>
const Tensor<T>& BasicDropout<T>::Forward(const Tensor<T>& input) {
  if (!training_) return input;
  factors_.Resize(input.shape());
  FillDropout(probability_, generator_, factors_);
  Multiply(input, factors_, output_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicDropout<T>::Backward(const Tensor<T>& output_gradient) {
  if (!training_) return output_gradient;
  Multiply(output_gradient, factors_, input_gradient_);
  return input_gradient_;
}

template class BasicDropout<float>;
template class BasicDropout<double>;

}  // namespace minidl
