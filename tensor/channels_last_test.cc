#include "tensor/channels_last.h"

#include <cstdint>
#include <numeric>

#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

Tensor<float> Counting(const Shape& shape) {
  Tensor<float> tensor(shape);
  std::iota(tensor.values().begin(), tensor.values().end(), 1.0f);
  return tensor;
}

TEST(ChannelsLastTest, ElementsGoWhereTheHeaderSays) {
  const Tensor<float> images = Counting({2, 3, 4, 5});
  ChannelsLast output;
  ToChannelsLast(images, /*stride=*/4, /*border=*/1, output);
  EXPECT_EQ(output.batch(), 2);
  EXPECT_EQ(output.channels(), 3);
  EXPECT_EQ(output.height(), 4);
  EXPECT_EQ(output.width(), 5);
  EXPECT_EQ(output.row_size(), 7 * 4);
  EXPECT_EQ(output.image_size(), 6 * 7 * 4);
  for (int64_t n = 0; n < 2; ++n) {
    // With the border's coordinates, from (0, 0) to (5, 6).
    for (int64_t y = 0; y < 6; ++y) {
      for (int64_t x = 0; x < 7; ++x) {
        for (int64_t c = 0; c < 4; ++c) {
          const bool inside = 1 <= y && y < 5 && 1 <= x && x < 6 && c < 3;
          EXPECT_EQ(output.border_start(n)[(y * 7 + x) * 4 + c],
                    inside ? images(n, c, y - 1, x - 1) : 0)
              << n << ", " << c << ", " << y << ", " << x;
        }
      }
    }
    EXPECT_EQ(output.start(n)[0], images(n, 0, 0, 0));
  }
}

TEST(ChannelsLastTest, ThereAndBack) {
  const Tensor<float> images = Counting({3, 2, 5, 4});
  ChannelsLast channels_last;
  ToChannelsLast(images, 16, 2, channels_last);
  Tensor<float> back;
  FromChannelsLast(channels_last, back);
  EXPECT_EQ(back.shape(), images.shape());
  EXPECT_EQ(back.values(), images.values());
}

TEST(ChannelsLastTest, PixelsWithoutBorderThereAndBack) {
  ChannelsLast images;
  ToChannelsLast(Counting({2, 3, 4, 5}), 4, 2, images);
  ChannelsLast without_border;
  ToChannelsLast(Counting({2, 3, 4, 5}), 4, 0, without_border);
  ChannelsLast copy;
  copy.Resize(2, 3, 4, 5, 4, 1);
  for (int64_t n = 0; n < 2; ++n) {
    Tensor<float> pixels({4 * 5 * 4});
    CopyPixelsFrom(images, n, pixels.data());
    EXPECT_EQ(pixels.values(),
              absl::MakeConstSpan(without_border.start(n), 4 * 5 * 4));
    CopyPixelsTo(pixels.data(), n, copy);
  }
  Tensor<float> back;
  FromChannelsLast(copy, back);
  EXPECT_EQ(back.values(), Counting({2, 3, 4, 5}).values());
  // Its border is as it was.
  EXPECT_EQ(copy.border_start(0)[0], 0);
  EXPECT_EQ(copy.start(0)[-1], 0);
}

TEST(ChannelsLastTest, NewSizeIsClearedOldOneStays) {
  ChannelsLast images;
  images.Resize(1, 1, 1, 1, 1, 0);
  images.start(0)[0] = 5;
  images.Resize(1, 1, 1, 1, 1, 0);
  EXPECT_EQ(images.start(0)[0], 5);
  images.Resize(1, 1, 1, 1, 2, 0);
  EXPECT_EQ(images.start(0)[0], 0);
  EXPECT_EQ(images.start(0)[1], 0);
}

TEST(ChannelsLastDeathTest, Misuse) {
  ChannelsLast images;
  EXPECT_DEATH(images.Resize(1, 3, 1, 1, 2, 0), "3 channels, stride 2");
  EXPECT_DEATH(ToChannelsLast(Tensor<float>({2, 3}), 3, 0, images),
               "\\[2, 3\\] are not N×C×H×W");
}

}  // namespace
}  // namespace minidl
