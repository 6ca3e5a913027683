#ifndef MINIDL_TENSOR_KERNELS_DIRECT_CONV2D_H_
#define MINIDL_TENSOR_KERNELS_DIRECT_CONV2D_H_

#include <cstdint>

#include "tensor/kernels/im2col.h"

// Convolution with stride 1 and dilation 1 without Im2Col's patches. Images are
// brought into an order with the channels innermost, inside a border of zeros,
// a few at a time, so that they stay in the caches; output channels are the
// lanes of vectors. Every element of a result is one sum, in one order,
// whatever the width of the processor's vectors.
namespace minidl::kernels {

// Whether the functions below can do it: stride and dilation are 1, and the
// padding is less than the kernel.
bool IsDirectConv2d(const Conv2dGeometry& geometry);

// How many numbers the two functions need as workspace, which should be aligned
// as a Tensor is.
int64_t DirectConv2dWorkspaceSize(const Conv2dGeometry& geometry,
                                  int64_t out_channels);
int64_t DirectConv2dBackwardWorkspaceSize(const Conv2dGeometry& geometry,
                                          int64_t out_channels);

// output (N×O×H'×W') from N = batch images (N×C×H×W), weight (O×C×K×K) and
// bias (O). An image's output does not depend on its neighbours.
void DirectConv2d(const Conv2dGeometry& geometry, int64_t batch,
                  int64_t out_channels, const float* images,
                  const float* weight, const float* bias, float* output,
                  float* workspace);

// From the gradient by the output: adds the gradient by the weight to
// weight_gradient, and makes image_gradients, if it is not null, the gradient
// by the images.
void DirectConv2dBackward(const Conv2dGeometry& geometry, int64_t batch,
                          int64_t out_channels, const float* images,
                          const float* weight, const float* output_gradient,
                          float* weight_gradient, float* image_gradients,
                          float* workspace);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_DIRECT_CONV2D_H_
