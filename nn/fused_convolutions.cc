#include "nn/fused_convolutions.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/types/span.h"
#include "base/check.h"
#include "nn/conv2d.h"
#include "nn/fused_run.h"
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

int64_t FusedConvolutions::padding() const {
  return stages_[0].conv2d->options().padding;
}

FusedImages FusedConvolutions::Forward(const FusedImages& input,
                                       std::optional<int64_t> output_border) {
  needs_input_gradient_ = stages_[0].conv2d->needs_input_gradient();
  has_planes_ = input.planes != nullptr;
  if (has_planes_) {
    MINIDL_CHECK(input.planes->shape().rank() == 4, "Conv2d: input ",
                 input.planes->shape().ToString(), " is not N×C×H×W");
    stages_[0].input = stages_[0].operation.Arrange(*input.planes, padding(),
                                                    needs_input_gradient_);
  } else {
    stages_[0].input = input.channels_last->view();
  }
  for (size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = stages_[i];
    const bool last = i + 1 == stages_.size();
    // What a stage writes has the border that the next one's padding needs.
    stage.operation.Forward(stage.input, stage.conv2d->weight().value,
                            stage.conv2d->bias().value, stage.relu,
                            last ? output_border.value_or(0)
                                 : stages_[i + 1].conv2d->options().padding,
                            stage.output);
    if (!last) stages_[i + 1].input = stage.output.view();
  }
  FusedImages output;
  if (output_border.has_value()) {
    output.channels_last = &stages_.back().output;
  } else {
    FromChannelsLast(stages_.back().output, output_);
    output.planes = &output_;
  }
  return output;
}

FusedImages FusedConvolutions::Backward(const FusedImages& output_gradient) {
  const ChannelsLast* current = output_gradient.channels_last;
  if (output_gradient.planes != nullptr) {
    MINIDL_CHECK(output_gradient.planes->shape() == output_.shape(),
                 "Conv2d: output gradient ",
                 output_gradient.planes->shape().ToString(),
                 " where the output is ", output_.shape().ToString());
    ToChannelsLast(*output_gradient.planes, stages_.back().output.stride(),
                   stages_.back().output.border(), channels_last_gradient_);
    current = &channels_last_gradient_;
  }
  for (size_t i = stages_.size(); i-- > 0;) {
    Stage& stage = stages_[i];
    const bool needed = i > 0 || needs_input_gradient_;
    stage.operation.Backward(stage.input, stage.conv2d->weight().value,
                             *current, stage.conv2d->weight().gradient,
                             stage.conv2d->bias().gradient,
                             needed ? &stage.input_gradient : nullptr);
    current = &stage.input_gradient;
  }
  FusedImages gradient;
  if (has_planes_) {
    if (needs_input_gradient_) FromChannelsLast(*current, input_gradient_);
    gradient.planes = &input_gradient_;
  } else {
    gradient.channels_last = current;
  }
  return gradient;
}

}  // namespace minidl
