#include "tensor/channels_last.h"

#include <cstdint>

#include "base/check.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

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

void ToChannelsLast(const Tensor<float>& images, int64_t stride, int64_t border,
                    ChannelsLast& output) {
  const Shape& shape = images.shape();
  MINIDL_CHECK(shape.rank() == 4, "ToChannelsLast: images ", shape.ToString(),
               " are not N×C×H×W");
  output.Resize(shape[0], shape[1], shape[2], shape[3], stride, border);
  const float* from = images.data();
  for (int64_t n = 0; n < shape[0]; ++n) {
    for (int64_t c = 0; c < shape[1]; ++c) {
      for (int64_t y = 0; y < shape[2]; ++y) {
        float* to = output.start(n) + y * output.row_size() + c;
        for (int64_t x = 0; x < shape[3]; ++x) to[x * stride] = *from++;
      }
    }
  }
}

void FromChannelsLast(const ChannelsLast& images, Tensor<float>& output) {
  output.Resize(
      {images.batch(), images.channels(), images.height(), images.width()});
  float* to = output.data();
  for (int64_t n = 0; n < images.batch(); ++n) {
    for (int64_t c = 0; c < images.channels(); ++c) {
      for (int64_t y = 0; y < images.height(); ++y) {
        const float* from = images.start(n) + y * images.row_size() + c;
        for (int64_t x = 0; x < images.width(); ++x) {
          *to++ = from[x * images.stride()];
        }
      }
    }
  }
}

}  // namespace minidl
