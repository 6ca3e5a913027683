#include "nn/flatten.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "base/check.h"
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
  output_.Resize({input_shape_[0], input_shape_.WithoutOuter().num_elements()});
  std::copy_n(input.data(), input.size(), output_.data());
  return output_;
}

template <typename T>
const Tensor<T>& BasicFlatten<T>::Backward(const Tensor<T>& output_gradient) {
  MINIDL_CHECK(output_gradient.shape() == output_.shape(),
               "Flatten: output gradient ", output_gradient.shape().ToString(),
               " where the output is ", output_.shape().ToString());
  input_gradient_.Resize(input_shape_);
  std::copy_n(output_gradient.data(), output_gradient.size(),
              input_gradient_.data());
  return input_gradient_;
}

template class BasicFlatten<float>;
template class BasicFlatten<double>;

}  // namespace minidl
