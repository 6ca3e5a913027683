#include "nn/relu.h"

#include "tensor/elementwise.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
const Tensor<T>& BasicReLU<T>::Forward(const Tensor<T>& input) {
  ReluForward(input, output_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicReLU<T>::Backward(const Tensor<T>& output_gradient) {
  ReluBackward(output_, output_gradient, input_gradient_);
  return input_gradient_;
}

template class BasicReLU<float>;
template class BasicReLU<double>;

}  // namespace minidl
