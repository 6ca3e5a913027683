#include "tensor/channels_last.h"

#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "tensor/kernels/transpose.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

namespace {

// Pixels of an image that follow one another without a border between: all of
// them if there is none, otherwise those of a row.
struct Runs {
  explicit Runs(const ChannelsLast& images)
      : count(images.border() == 0 ? 1 : images.height()),
        pixels(images.border() == 0 ? images.height() * images.width()
                                    : images.width()) {}
  int64_t count;
  int64_t pixels;
};

}  // namespace

void ChannelsLast::Resize(int64_t batch, int64_t channels, int64_t height,
                          int64_t width, int64_t stride, int64_t border) {
  MINIDL_CHECK(channels <= stride && border >= 0, "ChannelsLast: ", channels,
               " channels, stride ", stride, ", border ", border);
  const Shape shape = {batch, height + 2 * border, width + 2 * border, stride};
  if (shape == values_.shape() && channels == channels_ && border == border_) {
    return;
  }
  values_.Resize(shape);
  channels_ = channels;
  border_ = border;
  Clear();
}

void CopyPixelsFrom(const ChannelsLast& images, int64_t n, float* pixels) {
  const int64_t row = images.width() * images.stride();
  for (int64_t y = 0; y < images.height(); ++y) {
    std::copy_n(images.start(n) + y * images.row_size(), row, pixels + y * row);
  }
}

void CopyPixelsTo(const float* pixels, int64_t n, ChannelsLast& images) {
  const int64_t row = images.width() * images.stride();
  for (int64_t y = 0; y < images.height(); ++y) {
    std::copy_n(pixels + y * row, row, images.start(n) + y * images.row_size());
  }
}

void ToChannelsLast(const Tensor<float>& images, int64_t stride, int64_t border,
                    ChannelsLast& output) {
  const Shape& shape = images.shape();
  MINIDL_CHECK(shape.rank() == 4, "ToChannelsLast: images ", shape.ToString(),
               " are not N×C×H×W");
  output.Resize(shape[0], shape[1], shape[2], shape[3], stride, border);
  const Runs runs(output);
  const int64_t plane = shape[2] * shape[3];
  for (int64_t n = 0; n < shape[0]; ++n) {
    // C×pixels becomes pixels×C.
    kernels::TransposeMatrices(
        runs.count, /*rows=*/shape[1], /*cols=*/runs.pixels,
        images.data() + n * shape[1] * plane, /*from_step=*/runs.pixels,
        /*from_stride=*/plane, output.start(n), /*to_step=*/output.row_size(),
        /*to_stride=*/stride);
  }
}

void FromChannelsLast(const ChannelsLast& images, Tensor<float>& output) {
  output.Resize(
      {images.batch(), images.channels(), images.height(), images.width()});
  const Runs runs(images);
  const int64_t plane = images.height() * images.width();
  for (int64_t n = 0; n < images.batch(); ++n) {
    kernels::TransposeMatrices(runs.count, /*rows=*/runs.pixels,
                               /*cols=*/images.channels(), images.start(n),
                               /*from_step=*/images.row_size(),
                               /*from_stride=*/images.stride(),
                               output.data() + n * images.channels() * plane,
                               /*to_step=*/runs.pixels, /*to_stride=*/plane);
  }
}

}  // namespace minidl
