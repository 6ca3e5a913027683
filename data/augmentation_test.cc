#include "data/augmentation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/count_allocations_testutil.h"
#include "data/pair_sets.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::Each;

constexpr int64_t kSide = 15;  // With a pixel in the centre.
constexpr int64_t kCentre = 7;
constexpr int64_t kImages = 400;
constexpr float kBackground = -3;

AugmentationOptions Rotation(double degrees) {
  AugmentationOptions options;
  options.rotation = degrees;
  return options;
}

AugmentationOptions Scaling(double scaling) {
  AugmentationOptions options;
  options.scaling = scaling;
  return options;
}

AugmentationOptions Shear(double shear) {
  AugmentationOptions options;
  options.shear = shear;
  return options;
}

AugmentationOptions Translation(double pixels) {
  AugmentationOptions options;
  options.translation = pixels;
  return options;
}

AugmentationOptions Distortion(double pixels) {
  AugmentationOptions options;
  options.distortion = pixels;
  return options;
}

// Where the pixels of changed images come from. Pixels whose value is their row
// (or their column) have, interpolated, the place that they are taken from.
struct Places {
  explicit Places(const AugmentationOptions& options)
      : y(RowsOrColumns(true)), x(RowsOrColumns(false)) {
    for (Tensor<float>* images : {&y, &x}) {
      Generator generator(5);
      ImageAugmentation(options, kBackground).Apply(generator, *images);
    }
  }

  static Tensor<float> RowsOrColumns(bool rows) {
    Tensor<float> images({kImages, kSide, kSide});
    for (int64_t n = 0; n < kImages; ++n) {
      for (int64_t i = 0; i < kSide; ++i) {
        for (int64_t j = 0; j < kSide; ++j) {
          images(n, i, j) = static_cast<float>(rows ? i : j);
        }
      }
    }
    return images;
  }

  // From (row, column), about the centre, to the place's, about it too.
  struct Matrix {
    double yy;
    double yx;
    double xy;
    double xx;
  };
  Matrix MatrixOf(int64_t n) const {
    constexpr int64_t kStep = 3;
    const auto slope = [&](const Tensor<float>& images, int64_t i, int64_t j) {
      return double{images(n, kCentre + i, kCentre + j) -
                    images(n, kCentre - i, kCentre - j)} /
             (2 * kStep);
    };
    return {slope(y, kStep, 0), slope(y, 0, kStep), slope(x, kStep, 0),
            slope(x, 0, kStep)};
  }

  Tensor<float> y;
  Tensor<float> x;
};

constexpr double kTolerance = 1e-5;

// Checks that `values` fill the interval from -limit to limit: 400 uniform ones
// miss the last twentieth on one side once in 10^8 times.
void ExpectFill(const std::vector<double>& values, double limit) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  EXPECT_LE(*most, limit + kTolerance);
  EXPECT_GE(*least, -limit - kTolerance);
  EXPECT_GT(*most, 0.9 * limit);
  EXPECT_LT(*least, -0.9 * limit);
}

TEST(ImageAugmentationTest, WithoutOptionsChangesNothing) {
  for (const Shape& shape : {Shape{14, 14}, Shape{3, 2, 5, 7}, Shape{2, 2}}) {
    auto images = RandomTensor<float>(shape, 1);
    const Tensor<float> before = images.Clone();
    Generator generator(1);
    ImageAugmentation({}, kBackground).Apply(generator, images);
    EXPECT_EQ(images.values(), before.values());
  }
}

TEST(ImageAugmentationTest, RotatesAboutTheCentre) {
  constexpr double kDegrees = 20;
  const Places places(Rotation(kDegrees));
  std::vector<double> angles;
  for (int64_t n = 0; n < kImages; ++n) {
    EXPECT_NEAR(places.y(n, kCentre, kCentre), kCentre, kTolerance);
    EXPECT_NEAR(places.x(n, kCentre, kCentre), kCentre, kTolerance);
    const Places::Matrix m = places.MatrixOf(n);
    EXPECT_NEAR(m.yy, m.xx, kTolerance);
    EXPECT_NEAR(m.yx, -m.xy, kTolerance);
    EXPECT_NEAR(m.yy * m.yy + m.yx * m.yx, 1, kTolerance);
    angles.push_back(std::atan2(m.yx, m.yy) * 180 / std::acos(-1.0));
  }
  ExpectFill(angles, kDegrees);
}

TEST(ImageAugmentationTest, ScalesEachAxis) {
  const Places places(Scaling(0.2));
  std::vector<double> heights;
  std::vector<double> widths;
  double product = 0;
  for (int64_t n = 0; n < kImages; ++n) {
    const Places::Matrix m = places.MatrixOf(n);
    EXPECT_NEAR(m.yx, 0, kTolerance);
    EXPECT_NEAR(m.xy, 0, kTolerance);
    heights.push_back(1 / m.yy - 1);
    widths.push_back(1 / m.xx - 1);
    product += heights.back() * widths.back() / kImages;
  }
  ExpectFill(heights, 0.2);
  ExpectFill(widths, 0.2);
  // By themselves: the mean product is 0, with a deviation of 0.2² / 3 / 20.
  EXPECT_NEAR(product, 0, 4 * 0.04 / 3 / 20);
}

TEST(ImageAugmentationTest, ShearsRows) {
  const Places places(Shear(0.3));
  std::vector<double> shears;
  for (int64_t n = 0; n < kImages; ++n) {
    const Places::Matrix m = places.MatrixOf(n);
    EXPECT_NEAR(m.yy, 1, kTolerance);
    EXPECT_NEAR(m.yx, 0, kTolerance);
    EXPECT_NEAR(m.xx, 1, kTolerance);
    shears.push_back(m.xy);
  }
  ExpectFill(shears, 0.3);
}

TEST(ImageAugmentationTest, TranslatesEachAxis) {
  const Places places(Translation(2));
  std::vector<double> along_y;
  std::vector<double> along_x;
  for (int64_t n = 0; n < kImages; ++n) {
    along_y.push_back(kCentre - double{places.y(n, kCentre, kCentre)});
    along_x.push_back(kCentre - double{places.x(n, kCentre, kCentre)});
    EXPECT_NEAR(places.y(n, 5, 9), 5 - along_y.back(), kTolerance);
    EXPECT_NEAR(places.x(n, 5, 9), 9 - along_x.back(), kTolerance);
  }
  ExpectFill(along_y, 2);
  ExpectFill(along_x, 2);
}

// The grid's inner points are at a third and two thirds of 14.
TEST(ImageAugmentationTest, DistortsBetweenThePointsOfAGrid) {
  const Places places(Distortion(1.5));
  std::vector<double> y;
  std::vector<double> x;
  for (int64_t n = 0; n < kImages; ++n) {
    y.push_back(places.y(n, 5, 5) - 5);
    x.push_back(places.x(n, 5, 5) - 5);
    // In a cell, it is linear along each axis.
    for (const Tensor<float>* images : {&places.y, &places.x}) {
      EXPECT_NEAR(2 * (*images)(n, 7, 6),
                  (*images)(n, 7, 5) + (*images)(n, 7, 7), 2 * kTolerance);
    }
  }
  // At (5, 5), a third of a pixel from a point.
  EXPECT_LE(*std::max_element(y.begin(), y.end()), 1.5);
  EXPECT_GT(*std::max_element(y.begin(), y.end()), 1.2);
  EXPECT_LT(*std::min_element(x.begin(), x.end()), -1.2);
}

// As ImageAugmentation.TranslatesEachAxis, with what lies outside: a single
// image whose shift is known to be a fraction of a pixel.
TEST(ImageAugmentationTest, InterpolatesWithTheBackground) {
  Tensor<float> image({2, 2});
  image.Fill(1);
  Generator generator(5);
  ImageAugmentation(Translation(1), kBackground).Apply(generator, image);
  const Places places(Translation(1));
  const double shift_y = kCentre - double{places.y(0, kCentre, kCentre)};
  const double shift_x = kCentre - double{places.x(0, kCentre, kCentre)};
  for (int64_t i = 0; i < 2; ++i) {
    for (int64_t j = 0; j < 2; ++j) {
      const auto inside = [](double place) {
        return place < 0 ? 1 + place : place > 1 ? 2 - place : 1;
      };
      const double weight = inside(static_cast<double>(i) - shift_y) *
                            inside(static_cast<double>(j) - shift_x);
      EXPECT_NEAR(image(i, j), weight + (1 - weight) * kBackground, kTolerance);
    }
  }
}

TEST(ImageAugmentationTest, WhatGoesOutsideIsBackground) {
  auto images = RandomTensor<float>({50, 14, 14}, 1);
  Generator generator(2);
  ImageAugmentation(Translation(1e9), kBackground).Apply(generator, images);
  EXPECT_THAT(images.values(), Each(kBackground));
}

// So that another option changes nothing else in a training.
TEST(ImageAugmentationTest, AllOptionsDrawAsManyNumbers) {
  Tensor<float> images({3, 2, 14, 14});
  std::vector<uint32_t> next;
  for (const AugmentationOptions& options :
       {AugmentationOptions(), Rotation(10), Distortion(2)}) {
    Generator generator(1);
    ImageAugmentation(options, 0).Apply(generator, images);
    next.push_back(generator.Random32());
  }
  EXPECT_THAT(next, Each(next[0]));
}

TEST(ImageAugmentationTest, AllocatesOnlyForLargerBatches) {
  ImageAugmentation augmentation(Distortion(1), 0);
  Generator generator(1);
  Tensor<float> many({20, 2, 14, 14});
  Tensor<float> few({10, 2, 14, 14});
  augmentation.Apply(generator, many);
  const int64_t before = NumAllocations();
  augmentation.Apply(generator, few);
  augmentation.Apply(generator, many);
  EXPECT_EQ(NumAllocations(), before);
}

TEST(ImageAugmentationDeathTest, WrongArguments) {
  Tensor<float> line({14});
  Generator generator(1);
  EXPECT_DEATH(ImageAugmentation({}, 0).Apply(generator, line),
               "images \\[14\\] are not");
  EXPECT_DEATH(ImageAugmentation(Rotation(180), 0), "rotation 180");
  EXPECT_DEATH(ImageAugmentation(Scaling(1), 0), "scaling 1");
  EXPECT_DEATH(ImageAugmentation(Shear(-1), 0), "shear -1");
  EXPECT_DEATH(ImageAugmentation(Translation(std::nan("")), 0),
               "translation nan");
  EXPECT_DEATH(ImageAugmentation(Distortion(INFINITY), 0), "distortion inf");
}

TEST(SwapPairsTest, SwapsHalfOfThem) {
  constexpr int64_t kPairs = 1000;
  PairSet pairs;
  pairs.inputs.Resize({kPairs, 2, 2, 2});
  pairs.classes.Resize({kPairs, 2});
  pairs.targets.Resize({kPairs});
  const auto image = [](int64_t n, int64_t i) {
    return static_cast<float>(2 * n + i);
  };
  for (int64_t n = 0; n < kPairs; ++n) {
    for (int64_t i = 0; i < 2; ++i) {
      const float value = image(n, i);
      for (int64_t y = 0; y < 2; ++y) {
        for (int64_t x = 0; x < 2; ++x) pairs.inputs(n, i, y, x) = value;
      }
      pairs.classes(n, i) = i == 0 ? n % 10 : n / 10 % 10;
    }
    pairs.targets(n) = pairs.classes(n, 0) <= pairs.classes(n, 1) ? 1 : 0;
  }
  Generator generator(1);
  SwapPairs(generator, pairs);
  int64_t swapped = 0;
  for (int64_t n = 0; n < kPairs; ++n) {
    const int64_t first = pairs.inputs(n, 0, 0, 0) == image(n, 0) ? 0 : 1;
    swapped += first;
    for (int64_t i = 0; i < 2; ++i) {
      const int64_t now = i == 0 ? first : 1 - first;
      EXPECT_THAT(pairs.inputs.Outer(n).subspan(static_cast<size_t>(4 * i), 4),
                  Each(image(n, now)));
      EXPECT_EQ(pairs.classes(n, i), now == 0 ? n % 10 : n / 10 % 10);
    }
    EXPECT_EQ(pairs.targets(n),
              pairs.classes(n, 0) <= pairs.classes(n, 1) ? 1 : 0);
  }
  EXPECT_NEAR(static_cast<double>(swapped), 500, 4 * 16);
}

TEST(PairAugmentationTest, ChangesImagesAndThenSwaps) {
  constexpr int64_t kPairs = 20;
  const auto make = [] {
    PairSet pairs;
    pairs.inputs.Resize({kPairs, 2, 14, 14});
    pairs.classes.Resize({kPairs, 2});
    pairs.targets.Resize({kPairs});
    Generator generator(3);
    FillUniform(0, 1, generator, pairs.inputs);
    for (int64_t n = 0; n < kPairs; ++n) {
      pairs.classes(n, 0) = n % 3;
      pairs.classes(n, 1) = 1;
      pairs.targets(n) = PairTarget(n % 3, 1);
    }
    return pairs;
  };
  for (const bool swap_pairs : {false, true}) {
    PairSet expected = make();
    Generator by_hand(4);
    ImageAugmentation(Rotation(20), -1).Apply(by_hand, expected.inputs);
    if (swap_pairs) SwapPairs(by_hand, expected);

    PairSet pairs = make();
    Generator generator(4);
    PairAugmentation(Rotation(20), swap_pairs, -1, generator).Apply(pairs);
    EXPECT_EQ(pairs.inputs.values(), expected.inputs.values());
    EXPECT_EQ(pairs.classes.values(), expected.classes.values());
    EXPECT_EQ(pairs.targets.values(), expected.targets.values());
    EXPECT_EQ(pairs.targets.values() != make().targets.values(), swap_pairs);
  }
}

}  // namespace
}  // namespace minidl
