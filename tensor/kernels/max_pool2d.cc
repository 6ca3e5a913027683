#include "tensor/kernels/max_pool2d.h"

#include <cmath>
#include <cstdint>

namespace minidl::kernels {

template <typename T>
void MaxPool2dForward(const Pool2dGeometry& g, int64_t planes, const T* input,
                      T* output, int64_t* argmax) {
  for (int64_t plane = 0; plane < planes; ++plane) {
    for (int64_t y = 0; y < g.output_height; ++y) {
      for (int64_t x = 0; x < g.output_width; ++x) {
        const int64_t corner = y * g.stride * g.width + x * g.stride;
        int64_t best = corner;
        for (int64_t ky = 0; ky < g.kernel_size; ++ky) {
          for (int64_t kx = 0; kx < g.kernel_size; ++kx) {
            const int64_t i = corner + ky * g.width + kx;
            const bool larger =
                input[i] > input[best] ||
                (std::isnan(input[i]) && !std::isnan(input[best]));
            best = larger ? i : best;
          }
        }
        *output++ = input[best];
        *argmax++ = best;
      }
    }
    input += g.height * g.width;
  }
}

template <typename T>
void MaxPool2dBackward(int64_t planes, int64_t windows, int64_t plane_size,
                       const T* output_gradient, const int64_t* argmax,
                       T* input_gradient) {
  for (int64_t plane = 0; plane < planes; ++plane) {
    for (int64_t i = 0; i < windows; ++i) {
      input_gradient[argmax[i]] += output_gradient[i];
    }
    argmax += windows;
    output_gradient += windows;
    input_gradient += plane_size;
  }
}

template void MaxPool2dForward(const Pool2dGeometry&, int64_t, const float*,
                               float*, int64_t*);
template void MaxPool2dForward(const Pool2dGeometry&, int64_t, const double*,
                               double*, int64_t*);
template void MaxPool2dBackward(int64_t, int64_t, int64_t, const float*,
                                const int64_t*, float*);
template void MaxPool2dBackward(int64_t, int64_t, int64_t, const double*,
                                const int64_t*, double*);

}  // namespace minidl::kernels
