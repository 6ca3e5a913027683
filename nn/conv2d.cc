#include "nn/conv2d.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "nn/initialization.h"
#include "nn/module_work.h"
#include "nn/parameter.h"
#include "tensor/conv2d.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/windows.h"

namespace minidl {

template <typename T>
BasicConv2d<T>::BasicConv2d(int64_t in_channels, int64_t out_channels,
                            int64_t kernel_size, const Conv2dOptions& options,
                            Generator& generator, Initialization initialization)
    : in_channels_(in_channels),
      out_channels_(out_channels),
      kernel_size_(kernel_size),
      options_(options),
      weight_({out_channels, in_channels, kernel_size, kernel_size}),
      bias_(Shape{out_channels}) {
  MINIDL_CHECK(
      options.stride > 0 && options.padding >= 0 && options.dilation > 0,
      "Conv2d: stride ", options.stride, ", padding ", options.padding,
      ", dilation ", options.dilation);
  Initialize(initialization, generator, weight_.value, bias_.value);
}

template <typename T>
std::string BasicConv2d<T>::Description() const {
  std::string text = absl::StrCat("Conv2d(", in_channels_, ", ", out_channels_,
                                  ", kernel_size=", kernel_size_);
  if (options_.stride != 1) {
    absl::StrAppend(&text, ", stride=", options_.stride);
  }
  if (options_.padding != 0) {
    absl::StrAppend(&text, ", padding=", options_.padding);
  }
  if (options_.dilation != 1) {
    absl::StrAppend(&text, ", dilation=", options_.dilation);
  }
  return absl::StrCat(text, ")");
}

template <typename T>
absl::StatusOr<Shape> BasicConv2d<T>::OutputShape(const Shape& input) const {
  if (input.rank() != 3 || input[0] != in_channels_) {
    return absl::InvalidArgumentError(
        absl::StrCat(Description(), " needs inputs of shape [", in_channels_,
                     ", H, W], not ", input.ToString()));
  }
  const int64_t extent = options_.Extent(kernel_size_);
  const int64_t height =
      NumWindows(input[1], extent, options_.stride, options_.padding);
  const int64_t width =
      NumWindows(input[2], extent, options_.stride, options_.padding);
  if (height == 0 || width == 0) {
    const int64_t smallest = extent - 2 * options_.padding;
    return absl::InvalidArgumentError(
        absl::StrCat(Description(), " needs inputs of shape ",
                     Shape{in_channels_, smallest, smallest}.ToString(),
                     " or larger, not ", input.ToString()));
  }
  return Shape{out_channels_, height, width};
}

template <typename T>
const Tensor<T>& BasicConv2d<T>::Forward(const Tensor<T>& input) {
  input_ = &input;
  Conv2dForward(input, weight_.value, bias_.value, options_, output_,
                workspace_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicConv2d<T>::Backward(const Tensor<T>& output_gradient) {
  MINIDL_CHECK(input_ != nullptr, "Conv2d: Backward before Forward");
  Conv2dBackward(*input_, weight_.value, output_gradient, options_,
                 weight_.gradient, bias_.gradient,
                 this->needs_input_gradient() ? &input_gradient_ : nullptr,
                 workspace_);
  return input_gradient_;
}

template <typename T>
std::optional<BasicModuleWork<T>> BasicConv2d<T>::Work(
    const Shape& input) const {
  const int64_t outputs = this->OutputShape(input)->num_elements();
  // Each output has one multiply-add with each weight of its channel, those
  // with the padding too.
  const int64_t flops =
      2 * outputs * in_channels_ * kernel_size_ * kernel_size_;
  return this->WorkOf(flops, flops + outputs, flops);
}

template <typename T>
void BasicConv2d<T>::AppendParameters(
    const std::string& prefix,
    std::vector<BasicNamedParameter<T>>* parameters) {
  parameters->push_back({absl::StrCat(prefix, "weight"), &weight_});
  parameters->push_back({absl::StrCat(prefix, "bias"), &bias_});
}

template class BasicConv2d<float>;
template class BasicConv2d<double>;

}  // namespace minidl
