#ifndef MINIDL_TENSOR_IMAGES_VIEW_H_
#define MINIDL_TENSOR_IMAGES_VIEW_H_

#include <cstdint>

namespace minidl {

// A batch of images, in whatever order, that something else owns, with a border
// of zeros around each. Element (n, c, y, x), where y and x count the border,
// is data[n image_size + c channel_stride + y row_stride + x pixel_stride].
struct ImagesView {
  const float* data;
  int64_t batch;
  int64_t channels;
  int64_t height;  // Without the border.
  int64_t width;
  int64_t border;
  int64_t image_size;
  int64_t channel_stride;
  int64_t row_stride;
  int64_t pixel_stride;
};

}  // namespace minidl

#endif  // MINIDL_TENSOR_IMAGES_VIEW_H_
