#include "nn/loss.h"

#include <cmath>
#include <cstdint>
#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::IsNan;

// Compares `gradient` with `weight` times central differences of `loss`.
void ExpectIsGradient(const Tensor<double>& gradient, double weight,
                      const std::function<double(const Tensor<double>&)>& loss,
                      Tensor<double>& prediction) {
  constexpr double kStep = 1e-5;
  ASSERT_EQ(gradient.shape(), prediction.shape());
  for (int64_t i = 0; i < prediction.size(); ++i) {
    double& x = prediction.data()[i];
    const double before = x;
    x = before + kStep;
    const double above = loss(prediction);
    x = before - kStep;
    const double below = loss(prediction);
    x = before;
    EXPECT_NEAR(gradient.data()[i], weight * (above - below) / (2 * kStep),
                1e-9);
  }
}

TEST(LossMSETest, ByHand) {
  LossMSE loss;
  const Tensor<float> prediction({2, 2}, {1, 2, 3, 4});
  const Tensor<float> target({2, 2}, {1, 0, 4, 8});
  EXPECT_EQ(loss.Forward(prediction, target), (0 + 4 + 1 + 16) / 4.0);
  EXPECT_THAT(loss.Backward().values(), ElementsAre(0, 1, -0.5, -2));
  EXPECT_THAT(loss.Backward(10).values(), ElementsAre(0, 10, -5, -20));
}

TEST(LossMSETest, BackwardIsTheGradient) {
  BasicLossMSE<double> loss;
  auto prediction = RandomTensor<double>({3, 4}, 1);
  const auto target = RandomTensor<double>({3, 4}, 2);
  const auto forward = [&](const Tensor<double>& x) {
    return BasicLossMSE<double>().Forward(x, target);
  };
  loss.Forward(prediction, target);
  ExpectIsGradient(loss.Backward(), 1, forward, prediction);
  ExpectIsGradient(loss.Backward(0.3), 0.3, forward, prediction);
}

TEST(LossMSETest, BatchesMayGrowAndShrink) {
  LossMSE loss;
  for (const int64_t batch : {2, 5, 1}) {
    const auto prediction = RandomTensor<float>({batch, 3}, 1);
    const Tensor<float> target({batch, 3});
    double expected = 0;
    for (const float x : prediction.values()) expected += double{x} * x;
    EXPECT_NEAR(loss.Forward(prediction, target),
                expected / static_cast<double>(3 * batch), 1e-15);
    EXPECT_EQ(loss.Backward().shape(), prediction.shape());
  }
}

TEST(LossMSETest, NanPropagates) {
  LossMSE loss;
  const Tensor<float> prediction({2}, {std::nanf(""), 1});
  EXPECT_THAT(loss.Forward(prediction, Tensor<float>({2})), IsNan());
  EXPECT_THAT(loss.Backward().values(), ElementsAre(IsNan(), 1));
}

TEST(LossMSEDeathTest, Misuse) {
  LossMSE loss;
  EXPECT_DEATH(loss.Backward(), "LossMSE: Backward before Forward");
  EXPECT_DEATH(loss.Forward(Tensor<float>({2, 3}), Tensor<float>({3, 2})),
               "shapes \\[2, 3\\] and \\[3, 2\\] differ");
  EXPECT_DEATH(loss.Forward(Tensor<float>({0, 3}), Tensor<float>({0, 3})),
               "LossMSE: no predictions");
}

TEST(LossCrossEntropyTest, ByHand) {
  // Odds of 3 to 1, and of 1 to 1.
  LossCrossEntropy loss;
  const Tensor<float> logits({2, 2}, {std::log(3.0f), 0, 7, 7});
  const Tensor<int64_t> targets({2}, {0, 1});
  EXPECT_NEAR(loss.Forward(logits, targets),
              (std::log(4.0 / 3) + std::log(2)) / 2, 1e-7);
  EXPECT_THAT(loss.Backward().values(),
              ElementsAre(FloatNear(-0.125f, 1e-7f), FloatNear(0.125f, 1e-7f),
                          0.25, -0.25));
  EXPECT_THAT(
      loss.Backward(4).values(),
      ElementsAre(FloatNear(-0.5f, 4e-7f), FloatNear(0.5f, 4e-7f), 1, -1));
}

TEST(LossCrossEntropyTest, BackwardIsTheGradient) {
  BasicLossCrossEntropy<double> loss;
  auto logits = RandomTensor<double>({3, 4}, 1);
  const Tensor<int64_t> targets({3}, {3, 0, 1});
  const auto forward = [&](const Tensor<double>& x) {
    return BasicLossCrossEntropy<double>().Forward(x, targets);
  };
  loss.Forward(logits, targets);
  ExpectIsGradient(loss.Backward(), 1, forward, logits);
  ExpectIsGradient(loss.Backward(0.3), 0.3, forward, logits);
}

TEST(LossCrossEntropyTest, BatchesMayGrowAndShrink) {
  LossCrossEntropy loss;
  for (const int64_t batch : {2, 5, 1}) {
    const Tensor<float> logits({batch, 10});
    const Tensor<int64_t> targets({batch});
    EXPECT_THAT(loss.Forward(logits, targets),
                DoubleNear(std::log(10.0), 1e-6));
    EXPECT_EQ(loss.Backward().shape(), logits.shape());
  }
}

TEST(LossCrossEntropyDeathTest, Misuse) {
  LossCrossEntropy loss;
  EXPECT_DEATH(loss.Backward(), "LossCrossEntropy: Backward before Forward");
  EXPECT_DEATH(loss.Forward(Tensor<float>({2, 3}), Tensor<int64_t>({3})),
               "logits \\[2, 3\\] and targets \\[3\\]");
}

}  // namespace
}  // namespace minidl
