#ifndef MINIDL_TENSOR_KERNELS_NORM_RELU_POOL_H_
#define MINIDL_TENSOR_KERNELS_NORM_RELU_POOL_H_

#include <cstdint>

#include "tensor/kernels/image_layout.h"

// Batch normalisation, ReLU, and perhaps max-pooling of 2×2 windows side by
// side in one pass over an image, and the way back through all of them. Which
// pixel of a window won, and where ReLU made it 0, is found again on the way
// back: that costs less than to write it down.
//
// Channels are innermost, and the numbers of a pixel are whole groups
// (channel_group.h): arrays with a number for each channel have as many
// elements. NaNs propagate.
namespace minidl::kernels {

// The image that is normalised, without border, and what becomes of it.
struct NormReluPoolGeometry {
  ImageLayout input;
  bool pool;

  // Of the output.
  int64_t height() const { return pool ? input.height / 2 : input.height; }
  int64_t width() const { return pool ? input.width / 2 : input.width; }
};

// y = scale (x - center) + shift, with numbers of each channel's own.
struct ChannelMap {
  const float* center;
  const float* scale;
  const float* shift;
};

// Adds the sums over the image's pixels of x - origin and of its square to
// `sums` and `squares`.
void AddChannelSums(const ImageLayout& image_layout, const float* image,
                    const double* origin, double* sums, double* squares);

// `output`, inside its border, from an image.
void NormReluPool(const NormReluPoolGeometry& geometry, const ChannelMap& map,
                  const float* image, const ImageLayout& output_layout,
                  float* output);

// From the gradient by an output without border: adds the sums of the gradients
// that reach the normalisation, and of their products with x - mean, to `sums`
// and `products`.
void AddNormReluPoolGradientSums(const NormReluPoolGeometry& geometry,
                                 const ChannelMap& map, const float* image,
                                 const float* output_gradient,
                                 const double* mean, double* sums,
                                 double* products);

// The gradient by an image, inside the border of `gradient_layout`:
//
//   gradient_scale g + input_scale (x - map.center) + shift,
//
// where g is the gradient that reaches the normalisation.
struct ChannelGradientMap {
  const float* gradient_scale;
  const float* input_scale;
  const float* shift;
};
void NormReluPoolGradient(const NormReluPoolGeometry& geometry,
                          const ChannelMap& map,
                          const ChannelGradientMap& gradient_map,
                          const float* image, const float* output_gradient,
                          const ImageLayout& gradient_layout, float* gradient);

// sums += the image's pixels, inside its border.
void AddPixels(const ImageLayout& image_layout, const float* image,
               float* sums);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_NORM_RELU_POOL_H_
