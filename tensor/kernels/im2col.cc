#include "tensor/kernels/im2col.h"

#include <algorithm>
#include <cstdint>

namespace minidl::kernels {
namespace {

// The output columns [begin, end) whose input column, stride x + offset, lies
// within an image of `width` columns.
struct Range {
  int64_t begin;
  int64_t end;
};
Range Inside(int64_t offset, int64_t stride, int64_t width, int64_t count) {
  const auto first_at_least = [=](int64_t column) {
    const int64_t distance = std::max<int64_t>(0, column - offset);
    return std::min(count, (distance + stride - 1) / stride);
  };
  return {first_at_least(0), first_at_least(width)};
}

// Calls visit(line, input, range) for every row of places under every element
// of the kernel: `line` is where that row starts in the patches, `input` the
// element of the image that belongs to its column 0 (it may lie outside), and
// `range` the columns that are inside. A row that lies outside the image has an
// empty range.
template <typename Visit>
void ForEachLine(const Conv2dGeometry& g, const Visit& visit) {
  int64_t line = 0;
  for (int64_t channel = 0; channel < g.channels; ++channel) {
    for (int64_t ky = 0; ky < g.kernel_size; ++ky) {
      const int64_t top = ky * g.dilation - g.padding;
      for (int64_t kx = 0; kx < g.kernel_size; ++kx) {
        const int64_t left = kx * g.dilation - g.padding;
        const Range columns = Inside(left, g.stride, g.width, g.output_width);
        for (int64_t y = 0; y < g.output_height; ++y) {
          const int64_t row = y * g.stride + top;
          const bool inside = 0 <= row && row < g.height;
          const int64_t input = (channel * g.height + row) * g.width + left;
          visit(line, input, inside ? columns : Range{0, 0});
          line += g.output_width;
        }
      }
    }
  }
}

}  // namespace

template <typename T>
void Im2Col(const Conv2dGeometry& geometry, const T* image, T* patches) {
  const int64_t count = geometry.output_width;
  const int64_t stride = geometry.stride;
  ForEachLine(geometry, [=](int64_t line, int64_t input, Range range) {
    T* out = patches + line;
    std::fill(out, out + range.begin, T{0});
    for (int64_t x = range.begin; x < range.end; ++x) {
      out[x] = image[input + x * stride];
    }
    std::fill(out + range.end, out + count, T{0});
  });
}

template <typename T>
void Col2Im(const Conv2dGeometry& geometry, const T* patches, T* image) {
  const int64_t stride = geometry.stride;
  ForEachLine(geometry, [=](int64_t line, int64_t input, Range range) {
    for (int64_t x = range.begin; x < range.end; ++x) {
      image[input + x * stride] += patches[line + x];
    }
  });
}

template void Im2Col(const Conv2dGeometry&, const float*, float*);
template void Im2Col(const Conv2dGeometry&, const double*, double*);
template void Col2Im(const Conv2dGeometry&, const float*, float*);
template void Col2Im(const Conv2dGeometry&, const double*, double*);

}  // namespace minidl::kernels
