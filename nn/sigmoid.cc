#include "nn/sigmoid.h"

#include "tensor/elementwise.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
const Tensor<T>& BasicSigmoid<T>::Forward(const Tensor<T>& input) {
  SigmoidForward(input, output_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicSigmoid<T>::Backward(const Tensor<T>& output_gradient) {
  SigmoidBackward(output_, output_gradient, input_gradient_);
  return input_gradient_;
}

template class BasicSigmoid<float>;
template class BasicSigmoid<double>;

}  // namespace minidl
