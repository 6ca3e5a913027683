#include "nn/flatten.h"

#include "absl/status/statusor.h"
#include "base/check.h"
#include "tensor/layout.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
absl::StatusOr<Shape> BasicFlatten<T>::OutputShape(const Shape& input) const {
  return Shape{input.num_elements()};
}

template <typename T>
const Tensor<T>& BasicFlatten<T>::Forward(const Tensor<T>& input) {
  input_shape_ = input.shape();
  CopyReshaped(input,
               {input_shape_[0], input_shape_.WithoutOuter().num_elements()},
               output_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicFlatten<T>::Backward(const Tensor<T>& output_gradient) {
  MINIDL_CHECK(output_gradient.shape() == output_.shape(),
               "Flatten: output gradient ", output_gradient.shape().ToString(),
               " where the output is ", output_.shape().ToString());
  CopyReshaped(output_gradient, input_shape_, input_gradient_);
  return input_gradient_;
}

template class BasicFlatten<float>;
template class BasicFlatten<double>;

}  // namespace minidl
