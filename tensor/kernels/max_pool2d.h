#ifndef MINIDL_TENSOR_KERNELS_MAX_POOL2D_H_
#define MINIDL_TENSOR_KERNELS_MAX_POOL2D_H_

#include <cstdint>

namespace minidl::kernels {

// Square windows over planes of height×width, `stride` apart.
struct Pool2dGeometry {
  int64_t height;
  int64_t width;
  int64_t kernel_size;
  int64_t stride;
  int64_t output_height;
  int64_t output_width;
};

// For each of `planes` planes: output gets the largest value of each window,
// argmax its index within the input plane. Of equal values the first counts; a
// NaN is larger than all, and the last one counts, as in PyTorch.
void MaxPool2dForward(const Pool2dGeometry& geometry, int64_t planes,
                      const float* input, float* output, int64_t* argmax);
void MaxPool2dForward(const Pool2dGeometry& geometry, int64_t planes,
                      const double* input, double* output, int64_t* argmax);

// Adds each output gradient to the input gradient at its window's argmax.
// The planes have `windows` windows and `plane_size` inputs each.
template <typename T>
void MaxPool2dBackward(int64_t planes, int64_t windows, int64_t plane_size,
                       const T* output_gradient, const int64_t* argmax,
                       T* input_gradient);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_MAX_POOL2D_H_
