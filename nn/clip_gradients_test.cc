#include "nn/clip_gradients.h"

#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/parameter.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::FloatNear;
using ::testing::IsNan;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The gradients [2, -3] and [6], whose norm is 7.
class ClipGradientsTest : public testing::Test {
 protected:
  ClipGradientsTest() {
    first_.gradient = Tensor<float>({2}, {2, -3});
    second_.gradient = Tensor<float>({1}, {6});
  }
  std::vector<NamedParameter> Parameters() {
    return {{"first", &first_}, {"second", &second_}};
  }
  std::vector<float> Gradients() const {
    return {first_.gradient(0), first_.gradient(1), second_.gradient(0)};
  }

  Parameter first_{{2}};
  Parameter second_{{1}};
};

TEST_F(ClipGradientsTest, NormIsOfAllTogether) {
  EXPECT_EQ(ClipGradientNorm(Parameters(), 3.5), 7);
  // 1e-6 / 7 less than half of them.
  EXPECT_THAT(Gradients(),
              ElementsAre(FloatNear(1, 3e-7f), FloatNear(-1.5f, 5e-7f),
                          FloatNear(3, 9e-7f)));
  EXPECT_NEAR(ClipGradientNorm(Parameters(), 100), 3.5, 1e-6);
}

// As in PyTorch: 3.5 / (7 + 1), in millionths.
TEST_F(ClipGradientsTest, NormIsAMillionthLarger) {
  first_.gradient = Tensor<float>({2}, {2e-6f, -3e-6f});
  second_.gradient = Tensor<float>({1}, {6e-6f});
  ClipGradientNorm(Parameters(), 3.5e-6);
  EXPECT_THAT(Gradients(),
              ElementsAre(FloatEq(0.4375f * 2e-6f), FloatEq(0.4375f * -3e-6f),
                          FloatEq(0.4375f * 6e-6f)));
}

TEST_F(ClipGradientsTest, SmallGradientsStay) {
  EXPECT_EQ(ClipGradientNorm(Parameters(), 7.001), 7);
  EXPECT_THAT(Gradients(), ElementsAre(2, -3, 6));
  ClipGradientValues(Parameters(), 6);
  EXPECT_THAT(Gradients(), ElementsAre(2, -3, 6));
}

TEST_F(ClipGradientsTest, ValuesAreClampedEach) {
  ClipGradientValues(Parameters(), 2.5);
  EXPECT_THAT(Gradients(), ElementsAre(2, -2.5, 2.5));
}

// As PyTorch: [0, NaN] and [0], and three NaNs.
TEST_F(ClipGradientsTest, WhatIsNotFinite) {
  first_.gradient(1) = kInfinity;
  EXPECT_EQ(ClipGradientNorm(Parameters(), 1), kInfinity);
  EXPECT_THAT(Gradients(), ElementsAre(0, IsNan(), 0));
  EXPECT_THAT(ClipGradientNorm(Parameters(), 1), IsNan());
  EXPECT_THAT(Gradients(), Each(IsNan()));
  second_.gradient(0) = -kInfinity;
  ClipGradientValues(Parameters(), 1);
  EXPECT_THAT(Gradients(), ElementsAre(IsNan(), IsNan(), -1));
}

TEST_F(ClipGradientsTest, NoGradientsHaveNorm0) {
  EXPECT_EQ(ClipGradientNorm({}, 1), 0);
  first_.gradient.Fill(0);
  second_.gradient.Fill(0);
  EXPECT_EQ(ClipGradientNorm(Parameters(), 1e-9), 0);
  EXPECT_THAT(Gradients(), Each(0));
}

// Squares of floats overflow neither upwards nor downwards in double.
TEST_F(ClipGradientsTest, LargeAndSmallGradients) {
  for (const float scale : {1e30f, 1e-30f}) {
    first_.gradient = Tensor<float>({2}, {2 * scale, -3 * scale});
    second_.gradient = Tensor<float>({1}, {6 * scale});
    EXPECT_FLOAT_EQ(static_cast<float>(ClipGradientNorm(Parameters(), 1)),
                    7 * scale);
  }
}

using ClipGradientsDeathTest = ClipGradientsTest;

TEST_F(ClipGradientsDeathTest, Limits) {
  for (const float limit : {0.0f, -1.0f, kNan}) {
    EXPECT_DEATH(ClipGradientNorm(Parameters(), limit), "max_norm is");
    EXPECT_DEATH(ClipGradientValues(Parameters(), limit), "max_value is");
  }
}

}  // namespace
}  // namespace minidl
