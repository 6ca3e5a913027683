#include "nn/max_pool2d.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "nn/module_work.h"
#include "tensor/max_pool2d.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/windows.h"

namespace minidl {

template <typename T>
BasicMaxPool2d<T>::BasicMaxPool2d(int64_t kernel_size, int64_t stride)
    : kernel_size_(kernel_size), stride_(stride) {
  MINIDL_CHECK(kernel_size > 0 && stride > 0, "MaxPool2d: kernel size ",
               kernel_size, ", stride ", stride);
}

template <typename T>
std::string BasicMaxPool2d<T>::Description() const {
  return stride_ == kernel_size_ ? absl::StrCat("MaxPool2d(", kernel_size_, ")")
                                 : absl::StrCat("MaxPool2d(", kernel_size_,
                                                ", stride=", stride_, ")");
}

template <typename T>
absl::StatusOr<Shape> BasicMaxPool2d<T>::OutputShape(const Shape& input) const {
  if (input.rank() != 3) {
    return absl::InvalidArgumentError(
        absl::StrCat(Description(), " needs inputs of shape [C, H, W], not ",
                     input.ToString()));
  }
  const int64_t height = NumWindows(input[1], kernel_size_, stride_);
  const int64_t width = NumWindows(input[2], kernel_size_, stride_);
  if (height == 0 || width == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(Description(), " needs inputs of shape ",
                     Shape{input[0], kernel_size_, kernel_size_}.ToString(),
                     " or larger, not ", input.ToString()));
  }
  return Shape{input[0], height, width};
}

template <typename T>
const Tensor<T>& BasicMaxPool2d<T>::Forward(const Tensor<T>& input) {
  input_shape_ = input.shape();
  MaxPool2dForward(input, kernel_size_, stride_, output_, argmax_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicMaxPool2d<T>::Backward(const Tensor<T>& output_gradient) {
  MaxPool2dBackward(output_gradient, argmax_, input_shape_, input_gradient_);
  return input_gradient_;
}

template <typename T>
std::optional<BasicModuleWork<T>> BasicMaxPool2d<T>::Work(
    const Shape& input) const {
  const int64_t outputs = this->OutputShape(input)->num_elements();
  return this->WorkOf(outputs * (kernel_size_ * kernel_size_ - 1), 0, outputs);
}

template class BasicMaxPool2d<float>;
template class BasicMaxPool2d<double>;

}  // namespace minidl
