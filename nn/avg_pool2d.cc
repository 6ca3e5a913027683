#include "nn/avg_pool2d.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "tensor/avg_pool2d.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/windows.h"

namespace minidl {

template <typename T>
BasicAvgPool2d<T>::BasicAvgPool2d(int64_t kernel_size, int64_t stride,
                                  int64_t padding)
    : options_{kernel_size, stride, padding} {
  MINIDL_CHECK(kernel_size > 0 && stride > 0 && 0 <= padding &&
                   padding <= kernel_size / 2,
               "AvgPool2d: kernel size ", kernel_size, ", stride ", stride,
               ", padding ", padding);
}

template <typename T>
std::string BasicAvgPool2d<T>::Description() const {
  std::string text = absl::StrCat("AvgPool2d(", options_.kernel_size);
  if (options_.stride != options_.kernel_size) {
    absl::StrAppend(&text, ", stride=", options_.stride);
  }
  if (options_.padding != 0) {
    absl::StrAppend(&text, ", padding=", options_.padding);
  }
  return absl::StrCat(text, ")");
}

template <typename T>
absl::StatusOr<Shape> BasicAvgPool2d<T>::OutputShape(const Shape& input) const {
  if (input.rank() != 3) {
    return absl::InvalidArgumentError(
        absl::StrCat(Description(), " needs inputs of shape [C, H, W], not ",
                     input.ToString()));
  }
  const auto num_windows = [this](int64_t size) {
    return NumWindows(size, options_.kernel_size, options_.stride,
                      options_.padding);
  };
  const int64_t height = num_windows(input[1]);
  const int64_t width = num_windows(input[2]);
  if (height == 0 || width == 0) {
    const int64_t smallest = options_.kernel_size - 2 * options_.padding;
    return absl::InvalidArgumentError(
        absl::StrCat(Description(), " needs inputs of shape ",
                     Shape{input[0], smallest, smallest}.ToString(),
                     " or larger, not ", input.ToString()));
  }
  return Shape{input[0], height, width};
}

template <typename T>
const Tensor<T>& BasicAvgPool2d<T>::Forward(const Tensor<T>& input) {
  input_shape_ = input.shape();
  AvgPool2dForward(input, options_, output_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicAvgPool2d<T>::Backward(const Tensor<T>& output_gradient) {
  AvgPool2dBackward(output_gradient, input_shape_, options_, input_gradient_);
  return input_gradient_;
}

template class BasicAvgPool2d<float>;
template class BasicAvgPool2d<double>;

}  // namespace minidl
