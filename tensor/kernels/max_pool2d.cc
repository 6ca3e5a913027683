#include "tensor/kernels/max_pool2d.h"

#include <cmath>
#include <cstdint>
#include <limits>

// See matmul.cc about this.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/max_pool2d.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tensor/kernels/part-inl.h"
// clang-format on

#ifndef MINIDL_TENSOR_KERNELS_MAX_POOL2D_ONCE_
#define MINIDL_TENSOR_KERNELS_MAX_POOL2D_ONCE_
namespace minidl::kernels {

// Any windows.
template <typename T>
void PoolWindows(const Pool2dGeometry& g, int64_t planes, const T* input,
                 T* output, int64_t* argmax) {
  for (int64_t plane = 0; plane < planes; ++plane) {
    for (int64_t y = 0; y < g.output_height; ++y) {
      for (int64_t x = 0; x < g.output_width; ++x) {
        const int64_t corner = y * g.stride * g.width + x * g.stride;
        int64_t best = corner;
        for (int64_t ky = 0; ky < g.kernel_size; ++ky) {
          for (int64_t kx = 0; kx < g.kernel_size; ++kx) {
            const int64_t i = corner + ky * g.width + kx;
            const bool larger = input[i] > input[best] || std::isnan(input[i]);
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

}  // namespace minidl::kernels
#endif  // MINIDL_TENSOR_KERNELS_MAX_POOL2D_ONCE_

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Windows of 2×2, two apart, as many at a time as a vector has indices. 100
// images of 64 planes of 6×6 values (w1's second layer before its fusion with
// the convolution) take 51 µs with AVX-512 on Sapphire Rapids instead of 490,
// and 128 of 32 planes of 26×26 take 0.20 ms instead of 3.4.
void PoolPairs(const Pool2dGeometry& g, int64_t planes, const float* input,
               float* output, int64_t* argmax) {
#if HWY_TARGET == HWY_SCALAR
  PoolWindows(g, planes, input, output, argmax);
#else
  const hn::CappedTag<int64_t, 8> d_index;
  const hn::Rebind<float, decltype(d_index)> d;
  const hn::Rebind<int32_t, decltype(d_index)> d_offset;
  using V = hn::Vec<decltype(d)>;
  constexpr int64_t kLanes = kLanesOf<decltype(d)>;
  const auto columns = hn::Iota(d_offset, 0);
  const auto left = hn::Add(columns, columns);
  const auto width = static_cast<int32_t>(g.width);
  for (int64_t plane = 0; plane < planes; ++plane) {
    for (int64_t y = 0; y < g.output_height; ++y) {
      const int64_t line = 2 * y * g.width;
      ForEachVector(d, g.output_width, [&](int64_t x, int64_t count) HWY_ATTR {
        const int64_t corner = line + 2 * x;
        V largest;
        auto offset = left;
        const auto consider = [&](V candidate, int32_t place) HWY_ATTR {
          const auto better =
              hn::Or(hn::Gt(candidate, largest), hn::IsNaN(candidate));
          largest = hn::IfThenElse(better, candidate, largest);
          offset =
              hn::IfThenElse(hn::RebindMask(d_offset, better),
                             hn::Add(left, hn::Set(d_offset, place)), offset);
        };
        for (int32_t row = 0; row < 2; ++row) {
          const float* from = input + corner + row * g.width;
          const V first = LoadPart(d, from, 2 * count);
          const V second = LoadPart(d, from + kLanes, 2 * count - kLanes);
          const V even = hn::ConcatEven(d, second, first);
          const V odd = hn::ConcatOdd(d, second, first);
          if (row == 0) {
            largest = even;
          } else {
            consider(even, width);
          }
          consider(odd, row * width + 1);
        }
        StorePart(largest, d, output, count);
        StorePart(
            hn::Add(hn::PromoteTo(d_index, offset), hn::Set(d_index, corner)),
            d_index, argmax, count);
        output += count;
        argmax += count;
      });
    }
    input += g.height * g.width;
  }
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(PoolPairs);

void MaxPool2dForward(const Pool2dGeometry& geometry, int64_t planes,
                      const float* input, float* output, int64_t* argmax) {
  // Offsets within a window's two rows are 32 bits wide.
  constexpr int64_t kMaxWidth = std::numeric_limits<int32_t>::max() / 2;
  if (geometry.kernel_size == 2 && geometry.stride == 2 &&
      geometry.width <= kMaxWidth) {
    HWY_DYNAMIC_DISPATCH(PoolPairs)(geometry, planes, input, output, argmax);
  } else {
    PoolWindows(geometry, planes, input, output, argmax);
  }
}

void MaxPool2dForward(const Pool2dGeometry& geometry, int64_t planes,
                      const double* input, double* output, int64_t* argmax) {
  PoolWindows(geometry, planes, input, output, argmax);
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

template void MaxPool2dBackward(int64_t, int64_t, int64_t, const float*,
                                const int64_t*, float*);
template void MaxPool2dBackward(int64_t, int64_t, int64_t, const double*,
                                const int64_t*, double*);

}  // namespace minidl::kernels
#endif  // HWY_ONCE
