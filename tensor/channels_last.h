#ifndef MINIDL_TENSOR_CHANNELS_LAST_H_
#define MINIDL_TENSOR_CHANNELS_LAST_H_

#include <cstdint>

#include "tensor/images_view.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// A batch of images in the order that convolution likes, each image row by row,
// each pixel's channels next to one another, with a border of zeros around the
// image and perhaps channels that are zero behind the real ones. What modules
// hand to one another is a Tensor N×C×H×W; this stays between operations that
// follow one another.
class ChannelsLast {
 public:
  // Takes a new size. If it differs from the old one all elements become zero;
  // otherwise they stay. stride >= channels is the number of elements of a
  // pixel.
  void Resize(int64_t batch, int64_t channels, int64_t height, int64_t width,
              int64_t stride, int64_t border);

  int64_t batch() const { return values_.shape()[0]; }
  int64_t channels() const { return channels_; }
  int64_t height() const { return values_.shape()[1] - 2 * border_; }
  int64_t width() const { return values_.shape()[2] - 2 * border_; }
  int64_t stride() const { return values_.shape()[3]; }
  int64_t border() const { return border_; }

  // Elements of a row and of an image, border and all.
  int64_t row_size() const { return values_.shape()[2] * stride(); }
  int64_t image_size() const { return values_.shape()[1] * row_size(); }

  // The first element of image n's border, or of its first pixel.
  float* border_start(int64_t n) { return values_.data() + n * image_size(); }
  const float* border_start(int64_t n) const {
    return values_.data() + n * image_size();
  }
  float* start(int64_t n) { return border_start(n) + StartInImage(); }
  const float* start(int64_t n) const {
    return border_start(n) + StartInImage();
  }

  void Clear() { values_.Fill(0); }

  // As long as this keeps its size.
  ImagesView view() const {
    return {values_.data(),
            batch(),
            channels(),
            height(),
            width(),
            border(),
            image_size(),
            /*channel_stride=*/1,
            row_size(),
            stride()};
  }

 private:
  int64_t StartInImage() const { return border_ * (row_size() + stride()); }

  Tensor<float> values_{Shape({0, 0, 0, 0})};
  int64_t channels_ = 0;
  int64_t border_ = 0;
};

// Image n's pixels, one row after the other without its border, and back.
void CopyPixelsFrom(const ChannelsLast& images, int64_t n, float* pixels);
void CopyPixelsTo(const float* pixels, int64_t n, ChannelsLast& images);

// From N×C×H×W and back.
void ToChannelsLast(const Tensor<float>& images, int64_t stride, int64_t border,
                    ChannelsLast& output);
void FromChannelsLast(const ChannelsLast& images, Tensor<float>& output);

}  // namespace minidl

#endif  // MINIDL_TENSOR_CHANNELS_LAST_H_
