#ifndef MINIDL_TENSOR_KERNELS_IMAGE_LAYOUT_H_
#define MINIDL_TENSOR_KERNELS_IMAGE_LAYOUT_H_

#include <cstdint>

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

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_IMAGE_LAYOUT_H_
