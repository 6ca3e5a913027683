#include "nn/fused_convolutions.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/types/span.h"
#include "base/check.h"
#include "nn/conv2d.h"
#include "nn/fused_modules.h"
#include "nn/module.h"
#include "tensor/channels_last.h"
#include "tensor/conv_pool2d.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

std::unique_ptr<FusedConvolutions> FusedConvolutions::Match(
    absl::Span<const std::unique_ptr<Module>> modules) {
  const auto at = [modules](size_t i) {
    return i < modules.size() ? modules[i].get() : nullptr;
  };
  auto fused = std::make_unique<FusedConvolutions>();
  size_t i = 0;
  while (true) {
    auto* conv2d = dynamic_cast<Conv2d*>(at(i));
    if (conv2d == nullptr || conv2d->options().stride != 1 ||
        conv2d->options().dilation != 1) {
      break;
    }
    size_t count;
    if (IsMaxPool2dOfTwo(at(i + 1))) {
      count = IsReLU(at(i + 2)) ? 3 : 2;
    } else if (IsReLU(at(i + 1)) && IsMaxPool2dOfTwo(at(i + 2))) {
      count = 3;
    } else {
      break;
    }
    Stage& stage = fused->stages_.emplace_back();
    stage.conv2d = conv2d;
    stage.relu = count == 3;
    i += count;
  }
  if (fused->stages_.empty()) return nullptr;
  fused->num_modules_ = i;
  return fused;
}

const Tensor<float>& FusedConvolutions::Forward(const Tensor<float>& input) {
  MINIDL_CHECK(input.shape().rank() == 4, "Conv2d: input ",
               input.shape().ToString(), " is not N×C×H×W");
  needs_input_gradient_ = stages_[0].conv2d->needs_input_gradient();
  stages_[0].input = stages_[0].operation.Arrange(
      input, stages_[0].conv2d->options().padding, needs_input_gradient_);
  for (size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = stages_[i];
    const bool last = i + 1 == stages_.size();
    // What a stage writes has the border that the next one's padding needs.
    stage.operation.Forward(stage.input, stage.conv2d->weight().value,
                            stage.conv2d->bias().value, stage.relu,
                            last ? 0 : stages_[i + 1].conv2d->options().padding,
                            stage.output);
    if (!last) stages_[i + 1].input = stage.output.view();
  }
  FromChannelsLast(stages_.back().output, output_);
  return output_;
}

const Tensor<float>& FusedConvolutions::Backward(
    const Tensor<float>& output_gradient) {
  MINIDL_CHECK(output_gradient.shape() == output_.shape(),
               "Conv2d: output gradient ", output_gradient.shape().ToString(),
               " where the output is ", output_.shape().ToString());
  ToChannelsLast(output_gradient, stages_.back().output.stride(),
                 stages_.back().output.border(), channels_last_gradient_);
  for (size_t i = stages_.size(); i-- > 0;) {
    Stage& stage = stages_[i];
    const bool needed = i > 0 || needs_input_gradient_;
    const bool last = i + 1 == stages_.size();
    stage.operation.Backward(
        stage.input, stage.conv2d->weight().value,
        last ? channels_last_gradient_ : stages_[i + 1].input_gradient,
        stage.conv2d->weight().gradient, stage.conv2d->bias().gradient,
        needed ? &stage.input_gradient : nullptr);
  }
  if (needs_input_gradient_) {
    FromChannelsLast(stages_[0].input_gradient, input_gradient_);
  }
  return input_gradient_;
}

}  // namespace minidl
