#include "tensor/conv_pool2d.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "tensor/channels_last.h"
#include "tensor/kernels/conv_pool2d.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/windows.h"

namespace minidl {
namespace {

using kernels::ConvPool2dGeometry;
using kernels::kChannelGroup;
using kernels::PadChannels;

// Whether vectors of input channels would be mostly empty.
constexpr bool AreFew(int64_t channels) { return channels < 8; }

// Images whose weight gradients are computed together: what fits the
// first-level cache, with room for the rest.
constexpr int64_t kChunkBytes = 32 * 1024;

// Calls visit(index, o, ky K + kx, c) for all weights of O×C×K×K in order.
template <typename Visit>
void ForEachWeight(const Shape& weight, const Visit& visit) {
  int64_t index = 0;
  for (int64_t o = 0; o < weight[0]; ++o) {
    for (int64_t c = 0; c < weight[1]; ++c) {
      for (int64_t ky = 0; ky < weight[2]; ++ky) {
        for (int64_t kx = 0; kx < weight[3]; ++kx) {
          visit(index++, o, ky * weight[3] + kx, c);
        }
      }
    }
  }
}

// Where a weight is in the two orders of the kernels; `place` is ky K + kx.
int64_t IndexByInput(const ConvPool2dGeometry& g, int64_t o, int64_t place,
                     int64_t c) {
  return (place * g.channels + c) * g.output_channels + o;
}
int64_t IndexByOutput(const ConvPool2dGeometry& g, int64_t o, int64_t place,
                      int64_t c) {
  return o * g.kernel_elements() + place * g.channel_stride + c;
}

}  // namespace

int64_t ConvPool2d::InputStride(int64_t channels, bool needs_input_gradient) {
  return AreFew(channels) && !needs_input_gradient ? channels
                                                   : PadChannels(channels);
}

void ConvPool2d::Forward(const ChannelsLast& input, const Tensor<float>& weight,
                         const Tensor<float>& bias, bool relu,
                         int64_t output_border, ChannelsLast& output) {
  const Shape& kernel = weight.shape();
  MINIDL_CHECK(kernel.rank() == 4 && kernel[2] == kernel[3] &&
                   kernel[1] == input.channels(),
               "ConvPool2d: weight ", kernel.ToString(), " for images of ",
               input.channels(), " channels");
  MINIDL_CHECK(bias.shape() == Shape({kernel[0]}), "ConvPool2d: bias ",
               bias.shape().ToString(), " does not fit weight ",
               kernel.ToString());
  const int64_t height = input.height() + 2 * input.border();
  const int64_t width = input.width() + 2 * input.border();
  ConvPool2dGeometry& g = geometry_;
  g.channels = input.channels();
  g.channel_stride = input.stride();
  g.width = width;
  g.kernel_size = kernel[2];
  g.output_channels = PadChannels(kernel[0]);
  g.output_height = NumWindows(NumWindows(height, kernel[2], 1), 2, 2);
  g.output_width = NumWindows(NumWindows(width, kernel[2], 1), 2, 2);
  MINIDL_CHECK(g.num_windows() > 0, "ConvPool2d: images of ", height, "×",
               width, " are too small for weight ", kernel.ToString(),
               " and pooling");
  output.Resize(input.batch(), kernel[0], g.output_height, g.output_width,
                g.output_channels, output_border);
  g.output_row_stride = output.row_size();

  // Zero where there is no weight.
  const auto resize_to_zero = [](const Shape& shape, Tensor<float>& tensor) {
    if (shape == tensor.shape()) return;
    tensor.Resize(shape);
    tensor.Fill(0);
  };
  resize_to_zero(
      {g.kernel_size * g.kernel_size * g.channels, g.output_channels},
      weights_by_input_);
  resize_to_zero({g.output_channels, g.kernel_elements()}, weights_by_output_);
  resize_to_zero({g.output_channels}, bias_);
  ForEachWeight(kernel, [&](int64_t i, int64_t o, int64_t place, int64_t c) {
    const float w = weight.data()[i];
    weights_by_input_.data()[IndexByInput(g, o, place, c)] = w;
    weights_by_output_.data()[IndexByOutput(g, o, place, c)] = w;
  });
  std::copy_n(bias.data(), bias.size(), bias_.data());

  argmax_.Resize({input.batch(), g.num_windows(), g.output_channels});
  for (int64_t n = 0; n < input.batch(); ++n) {
    kernels::ConvPool2dForward(
        g, relu, input.border_start(n), weights_by_input_.data(), bias_.data(),
        output.start(n),
        argmax_.data() + n * g.num_windows() * g.output_channels);
  }
}

void ConvPool2d::Backward(const ChannelsLast& input,
                          const Tensor<float>& weight,
                          const ChannelsLast& output_gradient,
                          Tensor<float>& weight_gradient,
                          Tensor<float>& bias_gradient,
                          ChannelsLast* input_gradient) {
  const ConvPool2dGeometry& g = geometry_;
  const int64_t batch = argmax_.shape()[0];
  MINIDL_CHECK(input.batch() == batch && output_gradient.batch() == batch &&
                   output_gradient.row_size() == g.output_row_stride &&
                   output_gradient.height() == g.output_height,
               "ConvPool2d: Backward with images of other sizes than Forward");
  MINIDL_CHECK(weight_gradient.shape() == weight.shape(),
               "ConvPool2d: weight gradient ",
               weight_gradient.shape().ToString(), " and weight ",
               weight.shape().ToString());
  const int64_t windows = g.num_windows() * g.output_channels;

  bias_gradient_.Resize(bias_.shape());
  bias_gradient_.Fill(0);
  for (int64_t n = 0; n < batch; ++n) {
    kernels::ConvPool2dBiasGradient(g, output_gradient.start(n),
                                    argmax_.data() + n * windows,
                                    bias_gradient_.data());
  }
  for (int64_t o = 0; o < bias_gradient.size(); ++o) {
    bias_gradient.data()[o] += bias_gradient_.data()[o];
  }

  AddWeightGradient(input, output_gradient, weight_gradient);

  if (input_gradient != nullptr) {
    MINIDL_CHECK(g.channel_stride % kChannelGroup == 0,
                 "ConvPool2d: images with stride ", g.channel_stride,
                 " get no gradient; see InputStride");
    input_gradient->Resize(batch, input.channels(), input.height(),
                           input.width(), input.stride(), input.border());
    input_gradient->Clear();
    for (int64_t n = 0; n < batch; ++n) {
      kernels::ConvPool2dInputGradient(
          g, output_gradient.start(n), argmax_.data() + n * windows,
          weights_by_output_.data(), input_gradient->border_start(n));
    }
  }
}

void ConvPool2d::AddWeightGradient(const ChannelsLast& input,
                                   const ChannelsLast& output_gradient,
                                   Tensor<float>& weight_gradient) {
  const ConvPool2dGeometry& g = geometry_;
  const int64_t batch = input.batch();
  const int64_t windows = g.num_windows() * g.output_channels;
  const bool few_channels = AreFew(g.channels);
  weight_gradient_.Resize(few_channels ? weights_by_input_.shape()
                                       : weights_by_output_.shape());
  weight_gradient_.Fill(0);
  if (few_channels) {
    unpooled_.Resize({4 * g.num_windows(), kChannelGroup});
    for (int64_t n = 0; n < batch; ++n) {
      kernels::ConvPool2dWeightGradientFewChannels(
          g, input.border_start(n), output_gradient.start(n),
          argmax_.data() + n * windows, unpooled_.data(),
          weight_gradient_.data());
    }
  } else {
    const auto image_bytes =
        input.image_size() * static_cast<int64_t>(sizeof(float));
    const int64_t chunk = std::max<int64_t>(1, kChunkBytes / image_bytes);
    entries_.resize(static_cast<size_t>(chunk * g.num_windows()));
    for (int64_t n = 0; n < batch; n += chunk) {
      kernels::ConvPool2dWeightGradient(
          g, std::min(chunk, batch - n), input.image_size(),
          input.border_start(n), output_gradient.image_size(),
          output_gradient.start(n), argmax_.data() + n * windows,
          entries_.data(), weight_gradient_.data());
    }
  }
  ForEachWeight(weight_gradient.shape(), [&](int64_t i, int64_t o,
                                             int64_t place, int64_t c) {
    const int64_t index = few_channels ? IndexByInput(g, o, place, c)
                                       : IndexByOutput(g, o, place, c);
    weight_gradient.data()[i] += weight_gradient_.data()[index];
  });
}

}  // namespace minidl
