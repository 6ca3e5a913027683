#include "nn/gelu.h"

#include "base/check.h"
#include "tensor/elementwise.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
const Tensor<T>& BasicGELU<T>::Forward(const Tensor<T>& input) {
  input_ = &input;
  GeluForward(input, output_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicGELU<T>::Backward(const Tensor<T>& output_gradient) {
  MINIDL_CHECK(input_ != nullptr, "GELU: Backward before Forward");
  GeluBackward(*input_, output_gradient, input_gradient_);
  return input_gradient_;
}

template class BasicGELU<float>;
template class BasicGELU<double>;

}  // namespace minidl
