#include "tensor/conv_norm_pool2d.h"

#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "tensor/batch_norm.h"
#include "tensor/channels_last.h"
#include "tensor/kernels/batch_norm.h"
#include "tensor/kernels/channel_group.h"
#include "tensor/kernels/direct_conv2d.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/kernels/im2col.h"
#include "tensor/kernels/image_layout.h"
#include "tensor/kernels/norm_relu_pool.h"
#include "tensor/normalization.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/windows.h"

namespace minidl {

using kernels::ImageLayout;

ConvNormPool2d::ConvNormPool2d(bool pool) : pool_(pool) {}

void ConvNormPool2d::Forward(const Tensor<float>& images,
                             const ConvNormParameters& parameters,
                             const ConvNormOptions& options,
                             const ChannelMoments* given) {
  const Shape& shape = images.shape();
  MINIDL_CHECK(shape.rank() == 4, "ConvNormPool2d: images ", shape.ToString(),
               " are not N×C×H×W");
  images_ = &images;
  channels_last_ = nullptr;
  previous_ = nullptr;
  Forward(shape[0], {shape[1], shape[2], shape[3], shape[1], options.padding},
          parameters, options, given);
}

void ConvNormPool2d::Forward(const ChannelsLast& images,
                             const ConvNormParameters& parameters,
                             const ConvNormOptions& options,
                             const ChannelMoments* given) {
  MINIDL_CHECK(images.border() == options.padding &&
                   images.stride() == kernels::PadChannels(images.channels()),
               "ConvNormPool2d: images with a border of ", images.border(),
               " and ", images.stride(), " numbers for ", images.channels(),
               " channels, where the padding is ", options.padding);
  images_ = nullptr;
  channels_last_ = &images;
  previous_ = nullptr;
  Forward(images.batch(),
          {images.channels(), images.height(), images.width(), images.stride(),
           images.border()},
          parameters, options, given);
}

void ConvNormPool2d::Forward(ConvNormPool2d& previous,
                             const ConvNormParameters& parameters,
                             const ConvNormOptions& options,
                             const ChannelMoments* given) {
  images_ = nullptr;
  channels_last_ = nullptr;
  previous_ = &previous;
  ImageLayout input = previous.OutputLayout();
  input.border = options.padding;
  Forward(previous.batch(), input, parameters, options, given);
}

void ConvNormPool2d::Forward(int64_t batch, const ImageLayout& input,
                             const ConvNormParameters& parameters,
                             const ConvNormOptions& options,
                             const ChannelMoments* given) {
  const Shape& kernel = parameters.conv_weight.shape();
  MINIDL_CHECK(kernel.rank() == 4 && kernel[1] == input.channels &&
                   kernel[2] == kernel[3],
               "ConvNormPool2d: weight ", kernel.ToString(), " for images of ",
               input.channels, " channels");
  const Shape channels = {kernel[0]};
  MINIDL_CHECK(parameters.conv_bias.shape() == channels &&
                   parameters.norm_weight.shape() == channels &&
                   parameters.norm_bias.shape() == channels,
               "ConvNormPool2d: bias ", parameters.conv_bias.shape().ToString(),
               ", normalisation's weight ",
               parameters.norm_weight.shape().ToString(), " and bias ",
               parameters.norm_bias.shape().ToString(), " for weight ",
               kernel.ToString());
  kernels::Conv2dGeometry g;
  g.channels = input.channels;
  g.height = input.height;
  g.width = input.width;
  g.kernel_size = kernel[2];
  g.stride = 1;
  g.padding = options.padding;
  g.dilation = 1;
  g.output_height = NumWindows(g.height, g.kernel_size, 1, g.padding);
  g.output_width = NumWindows(g.width, g.kernel_size, 1, g.padding);
  MINIDL_CHECK(g.padding >= 0 && kernels::IsDirectConv2d(g),
               "ConvNormPool2d: padding ", g.padding, " for weight ",
               kernel.ToString());
  forward_ = kernels::DirectForward(g, kernel[0]);
  forward_.from.stride = input.stride;
  backward_ = kernels::DirectBackward(g, kernel[0]);
  norm_ = {forward_.to, pool_};
  MINIDL_CHECK(norm_.height() > 0 && norm_.width() > 0,
               "ConvNormPool2d: images of ", g.height, "×", g.width,
               " are too small for weight ", kernel.ToString(),
               " with padding ", g.padding, pool_ ? " and pooling" : "");
  epsilon_ = options.epsilon;
  of_batch_ = given == nullptr;

  packed_weights_.Resize({forward_.packed_weights_size()});
  kernels::DirectConv2dPackWeights(forward_, /*backward=*/false,
                                   parameters.conv_weight.data(),
                                   packed_weights_.data());
  const int64_t stride = forward_.to.stride;
  bias_.Resize({stride});
  bias_.Fill(0);
  std::copy_n(parameters.conv_bias.data(), kernel[0], bias_.data());
  StartInput(1);
  convolved_.Resize({batch, forward_.to.height, forward_.to.width, stride});
  sums_.Resize({3, stride});
  sums_.Fill(0);
  for (int64_t n = 0; n < batch; ++n) {
    float* const image = convolved_.Outer(n).data();
    kernels::DirectConv2d(forward_, TakeInput(n, 1), packed_weights_.data(),
                          bias_.data(), image);
    if (of_batch_) {
      if (n == 0) std::copy_n(image, stride, sums_.Outer(2).data());
      kernels::AddChannelSums(forward_.to, image, sums_.Outer(2).data(),
                              sums_.Outer(0).data(), sums_.Outer(1).data());
    }
  }
  moments_.mean.Resize(channels);
  moments_.variance.Resize(channels);
  if (of_batch_) {
    ComputeMoments();
  } else {
    MINIDL_CHECK(
        given->mean.shape() == channels && given->variance.shape() == channels,
        "ConvNormPool2d: moments ", given->mean.shape().ToString(), " and ",
        given->variance.shape().ToString(), " for weight ", kernel.ToString());
    std::copy_n(given->mean.data(), kernel[0], moments_.mean.data());
    std::copy_n(given->variance.data(), kernel[0], moments_.variance.data());
  }
  FillMap(parameters);
}

int64_t ConvNormPool2d::values_per_channel() const {
  return batch() * forward_.to.num_pixels();
}

void ConvNormPool2d::GetOutput(Tensor<float>& output) {
  const ImageLayout layout = OutputLayout();
  output.Resize({batch(), layout.channels, layout.height, layout.width});
  result_.Resize({layout.size()});
  for (int64_t n = 0; n < batch(); ++n) {
    GiveOutput(n, layout, result_.data());
    kernels::GivePlanes(layout, result_.data(), output.Outer(n).data());
  }
}

void ConvNormPool2d::GetOutput(int64_t border, ChannelsLast& output) const {
  ImageLayout layout = OutputLayout();
  layout.border = border;
  output.Resize(batch(), layout.channels, layout.height, layout.width,
                layout.stride, border);
  for (int64_t n = 0; n < batch(); ++n) {
    GiveOutput(n, layout, output.border_start(n));
  }
}

void ConvNormPool2d::SetOutputGradient(const Tensor<float>& output_gradient) {
  const ImageLayout layout = OutputLayout();
  MINIDL_CHECK(
      output_gradient.shape() ==
          Shape({batch(), layout.channels, layout.height, layout.width}),
      "ConvNormPool2d: output gradient ", output_gradient.shape().ToString(),
      " where the output is ", batch(), "×", layout.channels, "×",
      layout.height, "×", layout.width);
  StartGradients();
  for (int64_t n = 0; n < batch(); ++n) {
    kernels::TakePlanes(layout, output_gradient.Outer(n).data(),
                        output_gradient_.Outer(n).data());
    AddGradientSums(n);
  }
}

void ConvNormPool2d::SetOutputGradient(const ChannelsLast& output_gradient) {
  const ImageLayout layout = OutputLayout();
  MINIDL_CHECK(output_gradient.batch() == batch() &&
                   output_gradient.channels() == layout.channels &&
                   output_gradient.stride() == layout.stride &&
                   output_gradient.height() == layout.height &&
                   output_gradient.width() == layout.width,
               "ConvNormPool2d: output gradient ", output_gradient.batch(), "×",
               output_gradient.channels(), "×", output_gradient.height(), "×",
               output_gradient.width(), " where the output is ", batch(), "×",
               layout.channels, "×", layout.height, "×", layout.width);
  StartGradients();
  for (int64_t n = 0; n < batch(); ++n) {
    CopyPixelsFrom(output_gradient, n, output_gradient_.Outer(n).data());
    AddGradientSums(n);
  }
}

void ConvNormPool2d::Backward(const ConvNormParameters& parameters,
                              const ConvNormGradients& gradients,
                              bool needs_input_gradient) {
  const ImageLayout& gradient = backward_.from;
  const int64_t channels = gradient.channels;
  MINIDL_CHECK(gradients.conv_weight.shape() == parameters.conv_weight.shape(),
               "ConvNormPool2d: weight gradient ",
               gradients.conv_weight.shape().ToString(), " and weight ",
               parameters.conv_weight.shape().ToString());
  FillGradientMap(parameters, gradients);
  const float* const gradient_map = gradient_map_.data();
  const kernels::ChannelGradientMap maps = {gradient_map,
                                            gradient_map + gradient.stride,
                                            gradient_map + 2 * gradient.stride};

  if (needs_input_gradient) {
    packed_weights_.Resize({backward_.packed_weights_size()});
    kernels::DirectConv2dPackWeights(backward_, /*backward=*/true,
                                     parameters.conv_weight.data(),
                                     packed_weights_.data());
    bias_.Resize({backward_.to.stride});
    bias_.Fill(0);
  }
  if (needs_input_gradient) StartInputGradient();
  const int64_t at_a_time = kernels::DirectConv2dImagesAtATime(forward_);
  StartInput(at_a_time);
  // The border stays.
  gradient_.Resize({at_a_time, gradient.size()});
  gradient_.Fill(0);
  weight_sums_.Resize({forward_.weight_sums_size()});
  weight_sums_.Fill(0);
  bias_gradient_.Resize({gradient.stride});
  bias_gradient_.Fill(0);
  for (int64_t begin = 0; begin < batch(); begin += at_a_time) {
    const int64_t count = std::min(at_a_time, batch() - begin);
    const float* const input = TakeInput(begin, count);
    for (int64_t i = 0; i < count; ++i) {
      const int64_t n = begin + i;
      float* const of_image = gradient_.data() + i * gradient.size();
      kernels::NormReluPoolGradient(
          norm_, map(), maps, convolved_.Outer(n).data(),
          output_gradient_.Outer(n).data(), gradient, of_image);
      kernels::AddPixels(gradient, of_image, bias_gradient_.data());
    }
    kernels::DirectConv2dWeightGradient(forward_, gradient, count, input,
                                        gradient_.data(), weight_sums_.data());
    for (int64_t i = 0; i < count && needs_input_gradient; ++i) {
      ComputeInputGradient(begin + i, gradient_.data() + i * gradient.size());
    }
  }
  scratch_.Resize(gradients.conv_weight.shape());
  kernels::DirectConv2dAddWeightGradient(forward_, weight_sums_.data(),
                                         scratch_.data(),
                                         gradients.conv_weight.data());
  kernels::AddTo(channels, bias_gradient_.data(), gradients.conv_bias.data());
}

int64_t ConvNormPool2d::batch() const { return convolved_.shape()[0]; }

ImageLayout ConvNormPool2d::OutputLayout() const {
  return {norm_.input.channels, norm_.height(), norm_.width(),
          norm_.input.stride, 0};
}

void ConvNormPool2d::StartInput(int64_t count) {
  if (channels_last_ != nullptr) return;
  input_.Resize({count, forward_.from.size()});
  input_.Fill(0);  // The border stays.
}

const float* ConvNormPool2d::TakeInput(int64_t n, int64_t count) {
  if (channels_last_ != nullptr) return channels_last_->border_start(n);
  for (int64_t i = 0; i < count; ++i) {
    float* const image = input_.Outer(i).data();
    if (previous_ != nullptr) {
      previous_->GiveOutput(n + i, forward_.from, image);
    } else {
      kernels::TakePlanes(forward_.from, images_->Outer(n + i).data(), image);
    }
  }
  return input_.data();
}

void ConvNormPool2d::StartInputGradient() {
  if (previous_ != nullptr) {
    previous_->StartGradients();
    return;
  }
  result_.Resize({backward_.to.size()});
  if (images_ != nullptr) {
    images_gradient_.Resize(images_->shape());
    return;
  }
  const ChannelsLast& images = *channels_last_;
  channels_last_gradient_.Resize(images.batch(), images.channels(),
                                 images.height(), images.width(),
                                 images.stride(), images.border());
}

void ConvNormPool2d::ComputeInputGradient(int64_t n, const float* gradient) {
  float* const result = previous_ == nullptr
                            ? result_.data()
                            : previous_->output_gradient_.Outer(n).data();
  kernels::DirectConv2d(backward_, gradient, packed_weights_.data(),
                        bias_.data(), result);
  if (previous_ != nullptr) {
    previous_->AddGradientSums(n);
  } else if (images_ != nullptr) {
    kernels::GivePlanes(backward_.to, result, images_gradient_.Outer(n).data());
  } else {
    CopyPixelsTo(result, n, channels_last_gradient_);
  }
}

void ConvNormPool2d::GiveOutput(int64_t n, const ImageLayout& layout,
                                float* image) const {
  kernels::NormReluPool(norm_, map(), convolved_.Outer(n).data(), layout,
                        image);
}

void ConvNormPool2d::StartGradients() {
  output_gradient_.Resize(
      {batch(), norm_.height(), norm_.width(), norm_.input.stride});
  sums_.Fill(0);
  std::copy_n(moments_.mean.data(), moments_.mean.size(),
              sums_.Outer(2).data());
}

void ConvNormPool2d::AddGradientSums(int64_t n) {
  kernels::AddNormReluPoolGradientSums(
      norm_, map(), convolved_.Outer(n).data(),
      output_gradient_.Outer(n).data(), sums_.Outer(2).data(),
      sums_.Outer(0).data(), sums_.Outer(1).data());
}

void ConvNormPool2d::ComputeMoments() {
  const auto size = static_cast<double>(values_per_channel());
  MINIDL_CHECK(size > 0, "ConvNormPool2d: a batch of no images to train on");
  for (int64_t c = 0; c < norm_.input.channels; ++c) {
    const kernels::Moments moments =
        kernels::MomentsFromSums(size, sums_(2, c), sums_(0, c), sums_(1, c));
    moments_.mean(c) = moments.mean;
    moments_.variance(c) = moments.variance;
  }
}

void ConvNormPool2d::FillMap(const ConvNormParameters& parameters) {
  map_.Resize({3, norm_.input.stride});
  map_.Fill(0);
  for (int64_t c = 0; c < norm_.input.channels; ++c) {
    const NormalizationMap<float> map(
        {moments_.mean(c), moments_.variance(c), epsilon_},
        parameters.norm_weight(c), parameters.norm_bias(c));
    map_(0, c) = map.center;
    map_(1, c) = map.scale;
    map_(2, c) = map.shift;
  }
}

kernels::ChannelMap ConvNormPool2d::map() const {
  const int64_t stride = norm_.input.stride;
  return {map_.data(), map_.data() + stride, map_.data() + 2 * stride};
}

void ConvNormPool2d::FillGradientMap(const ConvNormParameters& parameters,
                                     const ConvNormGradients& gradients) {
  gradient_map_.Resize({3, norm_.input.stride});
  gradient_map_.Fill(0);
  for (int64_t c = 0; c < norm_.input.channels; ++c) {
    const Normalization normalization = {moments_.mean(c), moments_.variance(c),
                                         epsilon_};
    const NormalizationGradientMap<float> map(
        normalization, parameters.norm_weight(c),
        {sums_(0, c), sums_(1, c), static_cast<double>(values_per_channel())});
    gradients.norm_bias(c) += static_cast<float>(sums_(0, c));
    gradients.norm_weight(c) +=
        static_cast<float>(sums_(1, c) * normalization.inverse_deviation());
    gradient_map_(0, c) = map.gradient_scale;
    if (!of_batch_) continue;  // The moments do not depend on the input.
    gradient_map_(1, c) = map.input_scale;
    gradient_map_(2, c) = map.shift;
  }
}

}  // namespace minidl
