#ifndef MINIDL_TENSOR_KERNELS_CONV_POOL2D_H_
#define MINIDL_TENSOR_KERNELS_CONV_POOL2D_H_

#include <cstdint>

// Convolution with stride 1, its bias, max-pooling of 2×2 windows side by side,
// and ReLU in one pass over the image, and the way back through all of them.
//
// Images have their channels innermost: element (y, x, c) of one is at
// (y width + x) stride + c, where `stride` is the number of channels, or more;
// the channels that are too many are zero. Weights come in two orders:
//
//   [ky][kx][c][o]  to compute outputs, 16 output channels in each vector;
//   [o][ky][kx][c]  for gradients, 16 input channels in each vector.
//
// The four gradients that a window's pooling zeroes, and all five behind a ReLU
// that is 0, take no part in the way back: at most one product in four is left.
namespace minidl::kernels {

// Channels come in groups of so many, one vector of AVX-512.
inline constexpr int64_t kChannelGroup = 16;

// The smallest multiple of kChannelGroup that is at least `channels`.
constexpr int64_t PadChannels(int64_t channels) {
  return (channels + kChannelGroup - 1) / kChannelGroup * kChannelGroup;
}

// Sizes of one image's way through.
struct ConvPool2dGeometry {
  // The input: its padding with zeros counts as part of it.
  int64_t channels;
  int64_t channel_stride;
  int64_t width;
  int64_t kernel_size;
  // The pooled output. output_channels is a multiple of kChannelGroup, and the
  // output's channel stride; its rows are output_row_stride elements apart.
  int64_t output_channels;
  int64_t output_height;
  int64_t output_width;
  int64_t output_row_stride;

  int64_t num_windows() const { return output_height * output_width; }
  // Elements between two rows of the input.
  int64_t row_stride() const { return width * channel_stride; }
  // Weights of one output channel in the order [ky][kx][c], with all of the
  // channel stride.
  int64_t kernel_elements() const {
    return kernel_size * kernel_size * channel_stride;
  }
};

// Which of a window's four places, in row-major order, is the largest; the
// first of equal ones, and a NaN before all. kDead where ReLU made the output
// 0.
inline constexpr uint8_t kDead = 4;

// From an image, weights[ky][kx][c][o] of the real channels c, and the bias of
// each output channel: the output, and the `argmax` [window][o] of each.
void ConvPool2dForward(const ConvPool2dGeometry& geometry, bool relu,
                       const float* image, const float* weights,
                       const float* bias, float* output, uint8_t* argmax);

// bias_gradient[o] += the output gradients that are not dead. The output
// gradient of an image has the place of its output.
void ConvPool2dBiasGradient(const ConvPool2dGeometry& geometry,
                            const float* output_gradient, const uint8_t* argmax,
                            float* bias_gradient);

// A gradient that is left, and the element of the input under the first weight
// of the kernel that it went through.
struct ConvPool2dEntry {
  float gradient;
  int32_t offset;
};

// weight_gradient[o][ky][kx][c] += the gradients of `num_images` images one
// after the other, image_size elements apart; their output gradients are
// output_size and their argmax num_windows() output_channels apart.
// channel_stride is a multiple of kChannelGroup. `entries` is scratch memory
// for num_images num_windows() of them.
void ConvPool2dWeightGradient(const ConvPool2dGeometry& geometry,
                              int64_t num_images, int64_t image_size,
                              const float* images, int64_t output_size,
                              const float* output_gradients,
                              const uint8_t* argmax, ConvPool2dEntry* entries,
                              float* weight_gradient);

// The same for one image of few channels, where vectors of input channels would
// be mostly empty: weight_gradient[ky][kx][c][o] += .... `gradients` is scratch
// memory for 4 num_windows() kChannelGroup elements.
void ConvPool2dWeightGradientFewChannels(const ConvPool2dGeometry& geometry,
                                         const float* image,
                                         const float* output_gradient,
                                         const uint8_t* argmax,
                                         float* gradients,
                                         float* weight_gradient);

// image_gradient += the output gradient through weights[o][ky][kx][c].
// channel_stride is a multiple of kChannelGroup.
void ConvPool2dInputGradient(const ConvPool2dGeometry& geometry,
                             const float* output_gradient,
                             const uint8_t* argmax, const float* weights,
                             float* image_gradient);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_CONV_POOL2D_H_
