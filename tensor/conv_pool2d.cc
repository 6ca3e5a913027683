#include "tensor/conv_pool2d.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "tensor/channels_last.h"
#include "tensor/images_view.h"
#include "tensor/kernels/channel_group.h"
#include "tensor/kernels/conv_pool2d.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/kernels/transpose.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/windows.h"

namespace minidl {
namespace {

using kernels::ConvPool2dGeometry;
using kernels::ConvPool2dLists;
using kernels::ConvPool2dListSizes;
using kernels::kChannelGroup;
using kernels::PadChannels;
using kernels::TransposeMatrices;

// Whether vectors of input channels would be mostly empty.
constexpr bool AreFew(int64_t channels) { return channels < 8; }

// Images whose weight gradients are computed together: what fits the
// first-level cache, with room for the rest.
constexpr int64_t kChunkBytes = 32 * 1024;

// Zeros, if the tensor is new or of another shape; otherwise as it was.
void ResizeToZero(const Shape& shape, Tensor<float>& tensor) {
  if (shape == tensor.shape()) return;
  tensor.Resize(shape);
  tensor.Fill(0);
}

// Whether the channels of the images are planes, and not innermost.
bool ArePlanes(const ImagesView& images) { return images.pixel_stride == 1; }

// Copies N×C×H×W into planes with a border of zeros.
ImagesView PlanesOf(const Tensor<float>& images, int64_t border,
                    Tensor<float>& copy) {
  const Shape& shape = images.shape();
  const int64_t row = shape[3] + 2 * border;
  const int64_t plane = (shape[2] + 2 * border) * row;
  ImagesView view = {images.data(),
                     shape[0],
                     shape[1],
                     shape[2],
                     shape[3],
                     border,
                     shape[1] * plane,
                     /*channel_stride=*/plane,
                     row,
                     /*pixel_stride=*/1};
  if (border == 0) return view;
  ResizeToZero({shape[0], shape[1], shape[2] + 2 * border, row}, copy);
  const float* from = images.data();
  for (int64_t i = 0; i < shape[0] * shape[1]; ++i) {
    float* to = copy.data() + i * plane + border * row + border;
    for (int64_t y = 0; y < shape[2]; ++y) {
      std::copy_n(from, shape[3], to + y * row);
      from += shape[3];
    }
  }
  view.data = copy.data();
  return view;
}

}  // namespace

ImagesView ConvPool2d::Arrange(const Tensor<float>& images, int64_t padding,
                               bool needs_input_gradient) {
  MINIDL_CHECK(images.shape().rank() == 4, "ConvPool2d: images ",
               images.shape().ToString(), " are not N×C×H×W");
  const int64_t channels = images.shape()[1];
  if (AreFew(channels) && !needs_input_gradient) {
    return PlanesOf(images, padding, planes_);
  }
  ToChannelsLast(images, PadChannels(channels), padding, channels_last_);
  return channels_last_.view();
}

void ConvPool2d::Forward(const ImagesView& input, const Tensor<float>& weight,
                         const Tensor<float>& bias, bool relu,
                         int64_t output_border, ChannelsLast& output) {
  const Shape& kernel = weight.shape();
  MINIDL_CHECK(kernel.rank() == 4 && kernel[2] == kernel[3] &&
                   kernel[1] == input.channels,
               "ConvPool2d: weight ", kernel.ToString(), " for images of ",
               input.channels, " channels");
  MINIDL_CHECK(bias.shape() == Shape({kernel[0]}), "ConvPool2d: bias ",
               bias.shape().ToString(), " does not fit weight ",
               kernel.ToString());
  const int64_t height = input.height + 2 * input.border;
  const int64_t width = input.width + 2 * input.border;
  ConvPool2dGeometry& g = geometry_;
  g.channels = input.channels;
  g.image_size = input.image_size;
  g.row_stride = input.row_stride;
  g.pixel_stride = input.pixel_stride;
  g.channel_stride = input.channel_stride;
  g.kernel_size = kernel[2];
  g.output_channels = PadChannels(kernel[0]);
  g.output_height = NumWindows(NumWindows(height, kernel[2], 1), 2, 2);
  g.output_width = NumWindows(NumWindows(width, kernel[2], 1), 2, 2);
  MINIDL_CHECK(g.num_windows() > 0, "ConvPool2d: images of ", height, "×",
               width, " are too small for weight ", kernel.ToString(),
               " and pooling");
  output.Resize(input.batch, kernel[0], g.output_height, g.output_width,
                g.output_channels, output_border);
  g.output_size = output.image_size();
  g.output_row_stride = output.row_size();

  offsets_.clear();
  for (int64_t c = 0; c < g.channels; ++c) {
    for (int64_t ky = 0; ky < g.kernel_size; ++ky) {
      for (int64_t kx = 0; kx < g.kernel_size; ++kx) {
        offsets_.push_back(static_cast<int32_t>(
            c * g.channel_stride + ky * g.row_stride + kx * g.pixel_stride));
      }
    }
  }
  packed_weights_.Resize({kernels::ConvPool2dPackedWeightsSize(g)});
  kernels::ConvPool2dPackWeights(g, kernel[0], weight.data(),
                                 packed_weights_.data());
  ResizeToZero({g.output_channels}, bias_);
  std::copy_n(bias.data(), bias.size(), bias_.data());
  argmax_.Resize({input.batch, g.num_windows(), g.output_channels});
  kernels::ConvPool2dForward(g, relu, input.batch, input.data, offsets_.data(),
                             packed_weights_.data(), bias_.data(),
                             output.start(0), argmax_.data());
}

void ConvPool2d::Backward(const ImagesView& input, const Tensor<float>& weight,
                          const ChannelsLast& output_gradient,
                          Tensor<float>& weight_gradient,
                          Tensor<float>& bias_gradient,
                          ChannelsLast* input_gradient) {
  const ConvPool2dGeometry& g = geometry_;
  const int64_t batch = argmax_.shape()[0];
  MINIDL_CHECK(input.batch == batch && output_gradient.batch() == batch &&
                   output_gradient.row_size() == g.output_row_stride &&
                   output_gradient.height() == g.output_height,
               "ConvPool2d: Backward with images of other sizes than Forward");
  MINIDL_CHECK(weight_gradient.shape() == weight.shape(),
               "ConvPool2d: weight gradient ",
               weight_gradient.shape().ToString(), " and weight ",
               weight.shape().ToString());
  bias_gradient_.Resize(bias_.shape());
  bias_gradient_.Fill(0);
  kernels::ConvPool2dBiasGradient(g, batch, output_gradient.start(0),
                                  argmax_.data(), bias_gradient_.data());
  kernels::AddTo(bias_gradient.size(), bias_gradient_.data(),
                 bias_gradient.data());
  AddWeightGradient(input, output_gradient, weight_gradient);
  if (input_gradient != nullptr) {
    ComputeInputGradient(input, weight, output_gradient, *input_gradient);
  }
}

void ConvPool2d::AddWeightGradient(const ImagesView& input,
                                   const ChannelsLast& output_gradient,
                                   Tensor<float>& weight_gradient) {
  const ConvPool2dGeometry& g = geometry_;
  const int64_t out_channels = weight_gradient.shape()[0];
  const int64_t places = g.kernel_size * g.kernel_size;
  Tensor<float>& ordered = ordered_weight_gradient_;
  ordered.Resize(weight_gradient.shape());
  if (ArePlanes(input)) {
    weight_gradient_.Resize({g.kernel_elements(), g.output_channels});
    weight_gradient_.Fill(0);
    unpooled_.Resize({4 * g.num_windows(), kChannelGroup});
    kernels::ConvPool2dWeightGradientOfPlanes(
        g, input.batch, input.data, output_gradient.start(0), argmax_.data(),
        unpooled_.data(), weight_gradient_.data());
    TransposeMatrices(/*count=*/1, /*rows=*/g.kernel_elements(),
                      /*cols=*/out_channels, weight_gradient_.data(),
                      /*from_step=*/0, /*from_stride=*/g.output_channels,
                      ordered.data(), /*to_step=*/0,
                      /*to_stride=*/g.kernel_elements());
  } else {
    weight_gradient_.Resize({g.output_channels, places, g.pixel_stride});
    weight_gradient_.Fill(0);
    const auto image_bytes = g.image_size * static_cast<int64_t>(sizeof(float));
    const int64_t chunk = std::max<int64_t>(1, kChunkBytes / image_bytes);
    const ConvPool2dLists lists =
        Lists(kernels::ConvPool2dWeightGradientLists(g, chunk));
    for (int64_t n = 0; n < input.batch; n += chunk) {
      kernels::ConvPool2dWeightGradient(
          g, std::min(chunk, input.batch - n), input.data + n * g.image_size,
          output_gradient.start(n),
          argmax_.data() + n * g.num_windows() * g.output_channels, lists,
          weight_gradient_.data());
    }
    TransposeMatrices(
        /*count=*/out_channels, /*rows=*/places, /*cols=*/g.channels,
        weight_gradient_.data(), /*from_step=*/places * g.pixel_stride,
        /*from_stride=*/g.pixel_stride, ordered.data(),
        /*to_step=*/g.kernel_elements(), /*to_stride=*/places);
  }
  kernels::AddTo(ordered.size(), ordered.data(), weight_gradient.data());
}

void ConvPool2d::ComputeInputGradient(const ImagesView& input,
                                      const Tensor<float>& weight,
                                      const ChannelsLast& output_gradient,
                                      ChannelsLast& input_gradient) {
  const ConvPool2dGeometry& g = geometry_;
  MINIDL_CHECK(!ArePlanes(input),
               "ConvPool2d: images that were arranged for no input gradient");
  const int64_t places = g.kernel_size * g.kernel_size;
  ResizeToZero({g.output_channels, places, g.pixel_stride}, weights_by_output_);
  TransposeMatrices(/*count=*/weight.shape()[0], /*rows=*/g.channels,
                    /*cols=*/places, weight.data(),
                    /*from_step=*/g.kernel_elements(), /*from_stride=*/places,
                    weights_by_output_.data(),
                    /*to_step=*/places * g.pixel_stride,
                    /*to_stride=*/g.pixel_stride);
  input_gradient.Resize(input.batch, input.channels, input.height, input.width,
                        input.pixel_stride, input.border);
  kernels::ConvPool2dInputGradient(
      g, input.batch, output_gradient.start(0), argmax_.data(),
      weights_by_output_.data(),
      Lists(kernels::ConvPool2dInputGradientLists(g)),
      input_gradient.border_start(0));
}

ConvPool2dLists ConvPool2d::Lists(const ConvPool2dListSizes& sizes) {
  list_gradients_.Resize({sizes.entries});
  list_offsets_.Resize({sizes.entries});
  list_counts_.Resize({sizes.lists});
  return {list_gradients_.data(), list_offsets_.data(), list_counts_.data()};
}

}  // namespace minidl
