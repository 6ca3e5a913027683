#include "tensor/optimizer_step.h"

#include <cmath>
#include <cstdint>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsNan;

// Sizes up to a few vectors.
constexpr int64_t kMaxSize = 70;
// Of results of magnitude up to 1 after a handful of rounded operations.
constexpr double kTolerance = 4 * 0x1p-23;

SgdStepOptions SomeSgd() {
  SgdStepOptions options;
  options.learning_rate = 0.25;
  options.momentum = 0.5;
  return options;
}

TEST(SgdStepTest, IsTheDefinition) {
  for (int64_t size = 0; size < kMaxSize; ++size) {
    const auto gradient = RandomTensor<float>({size}, 1);
    const auto before = RandomTensor<float>({size}, 2);
    Tensor<float> parameter = before.Clone();
    SgdStep(SomeSgd(), gradient, parameter);
    for (int64_t i = 0; i < size; ++i) {
      ASSERT_NEAR(parameter(i), before(i) - 0.25 * gradient(i), kTolerance);
    }
  }
}

TEST(SgdMomentumStepTest, IsTheDefinition) {
  for (int64_t size = 0; size < kMaxSize; ++size) {
    const auto gradient = RandomTensor<float>({size}, 1);
    const auto parameter_before = RandomTensor<float>({size}, 2);
    const auto velocity_before = RandomTensor<float>({size}, 3);
    Tensor<float> parameter = parameter_before.Clone();
    Tensor<float> velocity = velocity_before.Clone();
    SgdMomentumStep(SomeSgd(), gradient, velocity, parameter);
    for (int64_t i = 0; i < size; ++i) {
      const double v = 0.5 * velocity_before(i) + gradient(i);
      ASSERT_NEAR(velocity(i), v, kTolerance);
      ASSERT_NEAR(parameter(i), parameter_before(i) - 0.25 * v, kTolerance);
    }
  }
}

TEST(AdamStepTest, IsTheDefinition) {
  AdamStepOptions options;
  options.beta1 = 0.9;
  options.beta2 = 0.999;
  options.epsilon = 0.01;
  options.step_size = 0.1;
  options.second_moment_correction = 0.5;
  for (int64_t size = 0; size < kMaxSize; ++size) {
    const auto gradient = RandomTensor<float>({size}, 1);
    const auto parameter_before = RandomTensor<float>({size}, 2);
    const auto first_before = RandomTensor<float>({size}, 3);
    auto second_before = RandomTensor<float>({size}, 4);
    for (float& v : second_before.values()) v *= v;
    Tensor<float> parameter = parameter_before.Clone();
    Tensor<float> first = first_before.Clone();
    Tensor<float> second = second_before.Clone();
    AdamStep(options, gradient, first, second, parameter);
    for (int64_t i = 0; i < size; ++i) {
      const double g = gradient(i);
      const double m = 0.9 * first_before(i) + 0.1 * g;
      const double v = 0.999 * second_before(i) + 0.001 * g * g;
      ASSERT_NEAR(first(i), m, kTolerance);
      ASSERT_NEAR(second(i), v, kTolerance);
      // A step is at most 0.1 / 0.01 times m, of magnitude 1.
      ASSERT_NEAR(parameter(i),
                  parameter_before(i) - 0.1 * m / (std::sqrt(v) / 0.5 + 0.01),
                  10 * kTolerance);
    }
  }
}

// From moments of 0: g², in thousandths, as precise as a float is.
TEST(AdamStepTest, FirstSecondMomentIsPrecise) {
  AdamStepOptions options;
  options.beta1 = 0.9;
  options.beta2 = 0.999;
  options.epsilon = 1e-8;
  options.step_size = 0.01;
  options.second_moment_correction = 0.0316;
  Tensor<float> first({1});
  Tensor<float> second({1});
  Tensor<float> parameter({1});
  AdamStep(options, Tensor<float>({1}, {3}), first, second, parameter);
  EXPECT_FLOAT_EQ(first(0), 0.3f);
  EXPECT_FLOAT_EQ(second(0), 0.009f);
}

// By hand: v = 3/4 4 + 1/4 2² = 4, m = 3/4 0 + 1/4 2 = 1/2, and u = 1/2 8 + 2 /
// (sqrt(4) + 2) = 4.5, or centered 4 + 2 / (sqrt(4 - 1/4) + 2).
TEST(RmspropStepTest, IsTheDefinition) {
  RmspropStepOptions options;
  options.learning_rate = 2;
  options.alpha = 0.75;
  options.epsilon = 2;
  options.momentum = 0.5;
  const Tensor<float> gradient({1}, {2});
  const auto step = [&](Tensor<float>* mean, Tensor<float>* velocity) {
    Tensor<float> mean_square({1}, {4});
    Tensor<float> parameter({1}, {1});
    RmspropStep(options, gradient, mean_square, mean, velocity, parameter);
    EXPECT_EQ(mean_square(0), 4);
    return parameter(0);
  };
  EXPECT_FLOAT_EQ(step(nullptr, nullptr), 1 - 2 * 0.5);
  Tensor<float> velocity({1}, {8});
  EXPECT_FLOAT_EQ(step(nullptr, &velocity), 1 - 2 * 4.5);
  EXPECT_FLOAT_EQ(velocity(0), 4.5);
  velocity(0) = 8;
  Tensor<float> mean({1});
  EXPECT_FLOAT_EQ(step(&mean, &velocity),
                  static_cast<float>(1 - 2 * (4 + 2 / (std::sqrt(3.75) + 2))));
  EXPECT_FLOAT_EQ(mean(0), 0.5);
}

TEST(OptimizerStepTest, NanReachesTheParameter) {
  const Tensor<float> gradient({2}, {std::nanf(""), 0});
  Tensor<float> parameter({2}, {1, 1});
  SgdStep(SomeSgd(), gradient, parameter);
  EXPECT_THAT(parameter.values(), ElementsAre(IsNan(), 1));
}

TEST(OptimizerStepDeathTest, ShapesThatDoNotFit) {
  const Tensor<float> gradient({2, 3});
  Tensor<float> parameter({3, 2});
  Tensor<float> other({2, 3});
  Tensor<float> fits({3, 2});
  EXPECT_DEATH(SgdStep({}, gradient, parameter),
               "SgdStep: shape \\[2, 3\\] for a parameter of shape \\[3, 2\\]");
  EXPECT_DEATH(SgdMomentumStep({}, fits, other, parameter),
               "SgdMomentumStep: shape \\[2, 3\\] .* \\[3, 2\\]");
  EXPECT_DEATH(SgdMomentumStep({}, gradient, fits, parameter),
               "SgdMomentumStep: shape \\[2, 3\\] .* \\[3, 2\\]");
  EXPECT_DEATH(AdamStep({}, gradient, fits, fits, parameter),
               "AdamStep: shape \\[2, 3\\] .* \\[3, 2\\]");
  EXPECT_DEATH(AdamStep({}, fits, other, fits, parameter),
               "AdamStep: shape \\[2, 3\\] .* \\[3, 2\\]");
  EXPECT_DEATH(AdamStep({}, fits, fits, other, parameter),
               "AdamStep: shape \\[2, 3\\] .* \\[3, 2\\]");
  EXPECT_DEATH(RmspropStep({}, gradient, fits, nullptr, nullptr, parameter),
               "RmspropStep: shape \\[2, 3\\] .* \\[3, 2\\]");
  EXPECT_DEATH(RmspropStep({}, fits, other, nullptr, nullptr, parameter),
               "RmspropStep: shape \\[2, 3\\] .* \\[3, 2\\]");
  EXPECT_DEATH(RmspropStep({}, fits, fits, &other, nullptr, parameter),
               "RmspropStep: shape \\[2, 3\\] .* \\[3, 2\\]");
  EXPECT_DEATH(RmspropStep({}, fits, fits, nullptr, &other, parameter),
               "RmspropStep: shape \\[2, 3\\] .* \\[3, 2\\]");
}

}  // namespace
}  // namespace minidl
