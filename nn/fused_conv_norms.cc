#include "nn/fused_conv_norms.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/types/span.h"
#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/fused_run.h"
#include "nn/module.h"
#include "tensor/batch_norm.h"
#include "tensor/conv_norm_pool2d.h"
#include "tensor/tensor.h"

namespace minidl {

ConvNormParameters FusedConvNorms::Stage::parameters() const {
  return {conv2d->weight().value, conv2d->bias().value, norm->weight().value,
          norm->bias().value};
}

ConvNormGradients FusedConvNorms::Stage::gradients() const {
  return {conv2d->weight().gradient, conv2d->bias().gradient,
          norm->weight().gradient, norm->bias().gradient};
}

std::unique_ptr<FusedConvNorms> FusedConvNorms::Match(
    absl::Span<const std::unique_ptr<Module>> modules) {
  const auto at = [modules](size_t i) {
    return i < modules.size() ? modules[i].get() : nullptr;
  };
  auto fused = std::make_unique<FusedConvNorms>();
  size_t i = 0;
  while (true) {
    auto* conv2d = dynamic_cast<Conv2d*>(at(i));
    auto* norm = dynamic_cast<BatchNorm2d*>(at(i + 1));
    if (conv2d == nullptr || norm == nullptr || conv2d->options().stride != 1 ||
        conv2d->options().dilation != 1 ||
        conv2d->options().padding >= conv2d->kernel_size()) {
      break;
    }
    size_t count;
    if (IsReLU(at(i + 2))) {
      count = IsMaxPool2dOfTwo(at(i + 3)) ? 4 : 3;
    } else if (IsMaxPool2dOfTwo(at(i + 2)) && IsReLU(at(i + 3))) {
      count = 4;
    } else {
      break;
    }
    fused->stages_.push_back(
        std::make_unique<Stage>(conv2d, norm, /*pool=*/count == 4));
    i += count;
  }
  if (fused->stages_.empty()) return nullptr;
  fused->num_modules_ = i;
  return fused;
}

int64_t FusedConvNorms::padding() const {
  return stages_[0]->conv2d->options().padding;
}

FusedImages FusedConvNorms::Forward(const FusedImages& input,
                                    std::optional<int64_t> output_border) {
  for (size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = *stages_[i];
    const bool training = stage.norm->training();
    if (!training) stage.norm->GetRunningMoments(stage.running);
    const auto forward = [&](auto& images) {
      stage.operation.Forward(
          images, stage.parameters(),
          {stage.conv2d->options().padding, stage.norm->options().epsilon},
          training ? nullptr : &stage.running);
    };
    if (i > 0) {
      forward(stages_[i - 1]->operation);
    } else if (input.planes != nullptr) {
      forward(*input.planes);
    } else {
      forward(*input.channels_last);
    }
    if (training) {
      stage.norm->UpdateRunningMoments(stage.operation.moments(),
                                       stage.operation.values_per_channel());
    }
  }
  has_planes_ = input.planes != nullptr;
  ConvNormPool2d& last = stages_.back()->operation;
  FusedImages output;
  if (output_border.has_value()) {
    last.GetOutput(*output_border, channels_last_output_);
    output.channels_last = &channels_last_output_;
  } else {
    last.GetOutput(output_);
    output.planes = &output_;
  }
  return output;
}

FusedImages FusedConvNorms::Backward(const FusedImages& output_gradient) {
  ConvNormPool2d& last = stages_.back()->operation;
  if (output_gradient.planes != nullptr) {
    last.SetOutputGradient(*output_gradient.planes);
  } else {
    last.SetOutputGradient(*output_gradient.channels_last);
  }
  for (size_t i = stages_.size(); i-- > 0;) {
    Stage& stage = *stages_[i];
    stage.operation.Backward(stage.parameters(), stage.gradients(),
                             i > 0 || stage.conv2d->needs_input_gradient());
  }
  const ConvNormPool2d& first = stages_[0]->operation;
  FusedImages gradient;
  if (has_planes_) {
    gradient.planes = &first.images_gradient();
  } else {
    gradient.channels_last = &first.channels_last_gradient();
  }
  return gradient;
}

}  // namespace minidl
