#ifndef MINIDL_TENSOR_KERNELS_DIRECT_CONV2D_H_
#define MINIDL_TENSOR_KERNELS_DIRECT_CONV2D_H_

#include <cstdint>

#include "tensor/kernels/im2col.h"

// Convolution of single images with stride 1 and dilation 1, without Im2Col's
// patches: channels are innermost, a border of zeros is around the input, and
// output channels are the lanes of vectors. Every element of a result is one
// sum, in one order, whatever the width of the processor's vectors.
namespace minidl::kernels {

// How an image with channels innermost lies in memory, row by row. Each pixel
// is `stride` numbers, of which those from `channels` on are zeros; so are the
// pixels of the border around it.
struct ImageLayout {
  int64_t channels;
  int64_t height;
  int64_t width;
  int64_t stride;
  int64_t border;

  int64_t row_size() const { return (width + 2 * border) * stride; }
  int64_t size() const { return (height + 2 * border) * row_size(); }
  // The first pixel inside the border.
  int64_t start() const { return border * (row_size() + stride); }
  int64_t num_pixels() const { return height * width; }
};

// From one image to the other. `to` has no border, and its pixels are whole
// groups of channels.
struct DirectConv2dGeometry {
  int64_t kernel_size;
  ImageLayout from;
  ImageLayout to;

  // Elements of a kernel of one channel.
  int64_t taps() const { return kernel_size * kernel_size; }
  int64_t packed_weights_size() const {
    return taps() * from.channels * to.stride;
  }
};

// Whether a convolution can be computed so: stride and dilation are 1, and the
// padding is less than the kernel.
bool IsDirectConv2d(const Conv2dGeometry& geometry);

// Such a convolution; and that of the gradient by its output, with the kernels
// turned by 180 degrees, which gives the gradient by its input.
DirectConv2dGeometry DirectForward(const Conv2dGeometry& geometry,
                                   int64_t out_channels);
DirectConv2dGeometry DirectBackward(const Conv2dGeometry& geometry,
                                    int64_t out_channels);

// An image C×H×W into the layout, of which the border stays as it is; and back,
// from a layout without border.
void TakePlanes(const ImageLayout& layout, const float* planes, float* image);
void GivePlanes(const ImageLayout& layout, const float* image, float* planes);

// Brings the weights of a layer, O×C×K×K, into the order that DirectConv2d
// reads. `backward` if the geometry is DirectBackward's.
void DirectConv2dPackWeights(const DirectConv2dGeometry& geometry,
                             bool backward, const float* weight,
                             float* packed_weights);

// result = bias + the convolution of `image`. `bias` has geometry.to.stride
// elements.
void DirectConv2d(const DirectConv2dGeometry& geometry, const float* image,
                  const float* packed_weights, const float* bias,
                  float* result);

// sums[ky][kx][c][o] += the gradient by the weights of DirectForward's
// `geometry`, from `count` images and gradients by their results, which have
// DirectBackward's layout `gradient`. What the images give is summed up first
// and then added.
void DirectConv2dWeightGradient(const DirectConv2dGeometry& geometry,
                                const ImageLayout& gradient, int64_t count,
                                const float* images, const float* gradients,
                                float* sums);

// How many images at a time that should be: of less than 200 places, bringing
// the sums from and to memory takes more than 3 % of the time.
int64_t DirectConv2dImagesAtATime(const DirectConv2dGeometry& geometry);

// weight_gradient (O×C×K×K) += sums, which are the former's. `scratch` has as
// many elements as weight_gradient.
void DirectConv2dAddWeightGradient(const DirectConv2dGeometry& geometry,
                                   const float* sums, float* scratch,
                                   float* weight_gradient);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_DIRECT_CONV2D_H_
