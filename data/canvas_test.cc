#include "data/canvas.h"

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "data/image_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr Color kWhite = {255, 255, 255};
constexpr Color kBlack = {0, 0, 0};
constexpr Color kRed = {200, 10, 20};

// A line of a character for each pixel: ' ' white, '#' black, 'r' red, '?'
// else.
std::string Picture(const Canvas& canvas) {
  std::string picture;
  for (int64_t y = 0; y < canvas.height(); ++y) {
    for (int64_t x = 0; x < canvas.width(); ++x) {
      const Color color = canvas.At(x, y);
      picture += color == kWhite   ? ' '
                 : color == kBlack ? '#'
                 : color == kRed   ? 'r'
                                   : '?';
    }
    picture += '\n';
  }
  return picture;
}

TEST(CanvasTest, FramesAndCrosses) {
  Canvas canvas(9, 6, kWhite);
  canvas.DrawFrame(0, 0, 9, 6, 1, kRed);
  canvas.DrawCross(2, 1, 4, 1, kBlack);
  EXPECT_EQ(Picture(canvas),
            "rrrrrrrrr\n"
            "r #  #  r\n"
            "r  ##   r\n"
            "r  ##   r\n"
            "r #  #  r\n"
            "rrrrrrrrr\n");
}

TEST(CanvasTest, WhatLiesOutsideIsNotDrawn) {
  Canvas canvas(3, 2, kWhite);
  canvas.FillRectangle(-5, -5, 6, 6, kRed);
  canvas.FillRectangle(2, 1, 100, 100, kBlack);
  canvas.FillRectangle(10, 10, 5, 5, kBlack);
  canvas.DrawText(-100, -100, "text", 3, kBlack);
  EXPECT_EQ(Picture(canvas),
            "r  \n"
            "  #\n");
}

TEST(CanvasTest, ImagesAreScaled) {
  Canvas canvas(6, 4, kWhite);
  canvas.DrawImage(1, 0, {0, 255, 127.5, 0, 300, -3}, 2, 3, 2);
  for (const int64_t y : {0, 1}) {
    EXPECT_EQ(canvas.At(0, y), kWhite);
    EXPECT_EQ(canvas.At(1, y), kBlack);
    EXPECT_EQ(canvas.At(2, y), kBlack);
    EXPECT_EQ(canvas.At(3, y), kWhite);
    EXPECT_EQ(canvas.At(5, y), (Color{128, 128, 128}));
  }
  EXPECT_EQ(canvas.At(2, 2), kBlack);
  EXPECT_EQ(canvas.At(3, 3), kWhite);
  EXPECT_EQ(canvas.At(5, 3), kBlack);
}

TEST(CanvasTest, TextIsScaled) {
  Canvas canvas(24, 26, kWhite);
  EXPECT_EQ(canvas.DrawText(0, 0, "7-", 2, kBlack), 24);
  const std::string picture = Picture(canvas);
  EXPECT_EQ(picture.substr(4 * 25, 25), "##########              \n");
  EXPECT_EQ(picture.substr(5 * 25, 25), "##########              \n");
  EXPECT_EQ(picture.substr(12 * 25, 25), "    ##      ##########  \n");
  EXPECT_EQ(picture.substr(22 * 25, 25), "                        \n");
}

TEST(CanvasTest, PngIsReadAsItWasDrawn) {
  Canvas canvas(3, 2, kWhite);
  canvas.FillRectangle(1, 0, 1, 1, kBlack);
  canvas.FillRectangle(2, 1, 1, 1, kRed);
  const absl::StatusOr<std::string> png = canvas.Png();
  ASSERT_THAT(png, IsOk());
  const absl::StatusOr<Tensor<float>> image = ParseImage(*png, "png", 0);
  ASSERT_THAT(image, IsOk());
  EXPECT_EQ(image->shape(), (Shape{2, 3}));
  EXPECT_EQ((*image)(0, 0), 255);
  EXPECT_EQ((*image)(0, 1), 0);
  // The luma of ITU-R BT.601.
  EXPECT_NEAR((*image)(1, 2), 0.299 * 200 + 0.587 * 10 + 0.114 * 20, 0.01);
  EXPECT_EQ((*image)(1, 1), 255);
}

TEST(CanvasDeathTest, Misuse) {
  EXPECT_DEATH(Canvas(0, 1, kWhite), "Canvas: of 0x1");
  const Canvas canvas(2, 1, kWhite);
  EXPECT_DEATH(canvas.At(2, 0), "Canvas::At: 2, 0 of 2x1");
}

}  // namespace
}  // namespace minidl
