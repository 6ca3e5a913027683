#ifndef MINIDL_TENSOR_KERNELS_AVG_POOL2D_H_
#define MINIDL_TENSOR_KERNELS_AVG_POOL2D_H_

#include <cstdint>

namespace minidl::kernels {

// Square windows, `stride` apart, over planes of height×width with `padding`
// zeros on each side.
struct AvgPool2dGeometry {
  int64_t height;
  int64_t width;
  int64_t kernel_size;
  int64_t stride;
  int64_t padding;
  int64_t output_height;
  int64_t output_width;
};

// For each of `planes` planes: output gets the mean of each window, zeros of
// the padding counting. Elements are added up in row-major order.
void AvgPool2dForward(const AvgPool2dGeometry& geometry, int64_t planes,
                      const float* input, float* output);
void AvgPool2dForward(const AvgPool2dGeometry& geometry, int64_t planes,
                      const double* input, double* output);

// The transpose: each input gradient gets the sum of its windows' output
// gradients, each divided by the size of a window.
void AvgPool2dBackward(const AvgPool2dGeometry& geometry, int64_t planes,
                       const float* output_gradient, float* input_gradient);
void AvgPool2dBackward(const AvgPool2dGeometry& geometry, int64_t planes,
                       const double* output_gradient, double* input_gradient);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_AVG_POOL2D_H_
