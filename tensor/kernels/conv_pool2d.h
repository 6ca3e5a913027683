#ifndef MINIDL_TENSOR_KERNELS_CONV_POOL2D_H_
#define MINIDL_TENSOR_KERNELS_CONV_POOL2D_H_

#include <cstdint>

#include "tensor/kernels/channel_group.h"

// Convolution with stride 1, its bias, max-pooling of 2×2 windows side by side,
// and ReLU in one pass over the images, and the way back through all of them.
//
// The four gradients that a window's pooling zeroes, and all five behind a ReLU
// that is 0, take no part in the way back: at most one product in four is left.
// Sums have one order, whatever the width of the processor's vectors.
namespace minidl::kernels {

// Sizes of images on their way through.
struct ConvPool2dGeometry {
  // The input, of which its padding with zeros is a part: element (y, x, c) of
  // image n is at n image_size + y row_stride + x pixel_stride +
  // c channel_stride. Either the channels are innermost (channel_stride 1), or
  // each is a plane of its own (pixel_stride 1).
  int64_t channels;
  int64_t image_size;
  int64_t row_stride;
  int64_t pixel_stride;
  int64_t channel_stride;
  int64_t kernel_size;
  // The pooled output: element (y, x, o) of image n is at n output_size +
  // y output_row_stride + x output_channels + o. output_channels is a multiple
  // of kChannelGroup. So is the output's gradient. An argmax is stored for each
  // element, without gaps between rows and images.
  int64_t output_channels;
  int64_t output_size;
  int64_t output_row_stride;
  int64_t output_height;
  int64_t output_width;

  int64_t num_windows() const { return output_height * output_width; }
  // Weights of one output channel. Weight (c, ky, kx) is number
  // (c kernel_size + ky) kernel_size + kx of them.
  int64_t kernel_elements() const {
    return channels * kernel_size * kernel_size;
  }
  // Elements of the input under a row of the kernel, where its channels are
  // innermost, with those that only fill up the last group.
  int64_t run_length() const { return kernel_size * pixel_stride; }
};

// Which of a window's four places, in row-major order, is the largest; the
// first of equal ones, and the last NaN before all. kDead where ReLU made the
// output 0.
inline constexpr uint8_t kDead = 4;

// How many elements ConvPool2dPackWeights writes.
int64_t ConvPool2dPackedWeightsSize(const ConvPool2dGeometry& geometry);

// Brings weights [o][c][ky][kx] of `output_channels` real channels into the
// order that ConvPool2dForward reads. Those of other channels become 0.
void ConvPool2dPackWeights(const ConvPool2dGeometry& geometry,
                           int64_t output_channels, const float* weights,
                           float* packed_weights);

// From images, packed weights, and the bias of each output channel: the
// outputs, and the argmax of each. offsets[i] is where the element under weight
// i of the kernel is, seen from that under its first one.
void ConvPool2dForward(const ConvPool2dGeometry& geometry, bool relu,
                       int64_t num_images, const float* images,
                       const int32_t* offsets, const float* packed_weights,
                       const float* bias, float* outputs, uint8_t* argmax);

// bias_gradient[o] += the output gradients that are not dead.
void ConvPool2dBiasGradient(const ConvPool2dGeometry& geometry,
                            int64_t num_images, const float* output_gradients,
                            const uint8_t* argmax, float* bias_gradient);

// Scratch memory for lists of the gradients that are left over, each with an
// offset into the images or the weights.
struct ConvPool2dLists {
  float* gradients;
  int32_t* offsets;
  int32_t* counts;
};

// How many elements they need: gradients and offsets `entries`, counts `lists`.
struct ConvPool2dListSizes {
  int64_t entries;
  int64_t lists;
};
ConvPool2dListSizes ConvPool2dWeightGradientLists(
    const ConvPool2dGeometry& geometry, int64_t num_images);
ConvPool2dListSizes ConvPool2dInputGradientLists(
    const ConvPool2dGeometry& geometry);

// weight_gradient[o][ky][kx][c] += .... The channels are innermost, and
// pixel_stride, the number of c, is a multiple of kChannelGroup. The images'
// gradients are summed up first and then added: a few are best, that fit the
// processor's first cache.
void ConvPool2dWeightGradient(const ConvPool2dGeometry& geometry,
                              int64_t num_images, const float* images,
                              const float* output_gradients,
                              const uint8_t* argmax,
                              const ConvPool2dLists& lists,
                              float* weight_gradient);

// The same for few channels, each a plane of its own, where vectors of input
// channels would be mostly empty: weight_gradient[i][o] += ... for weight i of
// each output channel's kernel. `scratch` has 4 num_windows() kChannelGroup
// elements.
void ConvPool2dWeightGradientOfPlanes(const ConvPool2dGeometry& geometry,
                                      int64_t num_images, const float* images,
                                      const float* output_gradients,
                                      const uint8_t* argmax, float* scratch,
                                      float* weight_gradient);

// image_gradients = the output gradients through weights[o][ky][kx][c], which
// are as in ConvPool2dWeightGradient.
void ConvPool2dInputGradient(const ConvPool2dGeometry& geometry,
                             int64_t num_images, const float* output_gradients,
                             const uint8_t* argmax, const float* weights,
                             const ConvPool2dLists& lists,
                             float* image_gradients);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_CONV_POOL2D_H_
