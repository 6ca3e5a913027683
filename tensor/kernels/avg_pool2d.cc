#include "tensor/kernels/avg_pool2d.h"

#include <algorithm>
#include <cstdint>

namespace minidl::kernels {
namespace {

// [begin, end) of a dimension.
struct Range {
  int64_t begin;
  int64_t end;
};

// The part of window number `place` that lies within `size` elements.
Range Inside(const AvgPool2dGeometry& g, int64_t place, int64_t size) {
  const int64_t begin = place * g.stride - g.padding;
  return {std::max<int64_t>(0, begin), std::min(size, begin + g.kernel_size)};
}

// Calls visit(rows, columns) for each window of a plane.
template <typename Visit>
void ForEachWindow(const AvgPool2dGeometry& g, const Visit& visit) {
  for (int64_t y = 0; y < g.output_height; ++y) {
    const Range rows = Inside(g, y, g.height);
    for (int64_t x = 0; x < g.output_width; ++x) {
      visit(rows, Inside(g, x, g.width));
    }
  }
}

}  // namespace

template <typename T>
void AvgPool2dForward(const AvgPool2dGeometry& geometry, int64_t planes,
                      const T* input, T* output) {
  const T size = static_cast<T>(geometry.kernel_size * geometry.kernel_size);
  for (int64_t plane = 0; plane < planes; ++plane) {
    ForEachWindow(geometry, [&](Range rows, Range columns) {
      T sum = 0;
      for (int64_t row = rows.begin; row < rows.end; ++row) {
        for (int64_t column = columns.begin; column < columns.end; ++column) {
          sum += input[row * geometry.width + column];
        }
      }
      *output++ = sum / size;
    });
    input += geometry.height * geometry.width;
  }
}

template <typename T>
void AvgPool2dBackward(const AvgPool2dGeometry& geometry, int64_t planes,
                       const T* output_gradient, T* input_gradient) {
  const T size = static_cast<T>(geometry.kernel_size * geometry.kernel_size);
  for (int64_t plane = 0; plane < planes; ++plane) {
    ForEachWindow(geometry, [&](Range rows, Range columns) {
      const T share = *output_gradient++ / size;
      for (int64_t row = rows.begin; row < rows.end; ++row) {
        for (int64_t column = columns.begin; column < columns.end; ++column) {
          input_gradient[row * geometry.width + column] += share;
        }
      }
    });
    input_gradient += geometry.height * geometry.width;
  }
}

template void AvgPool2dForward(const AvgPool2dGeometry&, int64_t, const float*,
                               float*);
template void AvgPool2dForward(const AvgPool2dGeometry&, int64_t, const double*,
                               double*);
template void AvgPool2dBackward(const AvgPool2dGeometry&, int64_t, const float*,
                                float*);
template void AvgPool2dBackward(const AvgPool2dGeometry&, int64_t,
                                const double*, double*);

}  // namespace minidl::kernels
