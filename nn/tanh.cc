#include "nn/tanh.h"

#include "tensor/elementwise.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
const Tensor<T>& BasicTanh<T>::Forward(const Tensor<T>& input) {
  TanhForward(input, output_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicTanh<T>::Backward(const Tensor<T>& output_gradient) {
  TanhBackward(output_, output_gradient, input_gradient_);
  return input_gradient_;
}

template class BasicTanh<float>;
template class BasicTanh<double>;

}  // namespace minidl
