#include "tensor/cross_entropy.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsNan;

template <typename T>
class CrossEntropyTest : public testing::Test {
 protected:
  static constexpr double kEpsilon = std::numeric_limits<T>::epsilon();
  static constexpr T kInfinity = std::numeric_limits<T>::infinity();
};
TYPED_TEST_SUITE(CrossEntropyTest, NumberTypes, NumberTypeNames);

// targets[n] = 3n mod `classes`.
Tensor<int64_t> SomeTargets(int64_t batch, int64_t classes) {
  Tensor<int64_t> targets({batch});
  for (int64_t n = 0; n < batch; ++n) targets(n) = 3 * n % classes;
  return targets;
}

TYPED_TEST(CrossEntropyTest, IsTheDefinition) {
  for (const int64_t batch : {1, 2, 7}) {
    for (const int64_t classes : {1, 2, 10, 33}) {
      Tensor<TypeParam> logits = RandomTensor<TypeParam>({batch, classes}, 1);
      for (TypeParam& logit : logits.values()) logit *= 5;
      const Tensor<int64_t> targets = SomeTargets(batch, classes);
      constexpr double kScale = 0.7;
      Tensor<TypeParam> probabilities;
      Tensor<TypeParam> workspace;
      Tensor<TypeParam> gradient;
      const double loss =
          CrossEntropyForward(logits, targets, probabilities, workspace);
      CrossEntropyBackward(probabilities, targets, kScale, gradient);
      ASSERT_EQ(probabilities.shape(), logits.shape());
      ASSERT_EQ(gradient.shape(), logits.shape());

      // Logits are at most 5, so that nothing overflows here. A difference of
      // two logits, up to 10, is rounded to 10 u; that, an exponential, the sum
      // of all and a quotient are the relative error of a probability.
      const double relative =
          (10 + static_cast<double>(classes) + 5) * this->kEpsilon;
      double expected_loss = 0;
      for (int64_t n = 0; n < batch; ++n) {
        double sum = 0;
        for (int64_t j = 0; j < classes; ++j) {
          sum += std::exp(double{logits(n, j)});
        }
        expected_loss -=
            std::log(std::exp(double{logits(n, targets(n))}) / sum);
        for (int64_t j = 0; j < classes; ++j) {
          const double p = std::exp(double{logits(n, j)}) / sum;
          ASSERT_NEAR(probabilities(n, j), p, relative * p);
          ASSERT_NEAR(gradient(n, j), kScale * (p - (j == targets(n) ? 1 : 0)),
                      relative);
        }
      }
      ASSERT_NEAR(
          loss, expected_loss,
          static_cast<double>(batch) * (relative + 10 * this->kEpsilon));
    }
  }
}

TYPED_TEST(CrossEntropyTest, EqualLogitsGiveTheLogarithmOfTheNumberOfClasses) {
  Tensor<TypeParam> logits({3, 10});
  Tensor<TypeParam> probabilities;
  Tensor<TypeParam> workspace;
  for (const TypeParam logit : {0.0f, 1000.0f, -1000.0f, 1e30f}) {
    logits.Fill(logit);
    EXPECT_NEAR(CrossEntropyForward(logits, SomeTargets(3, 10), probabilities,
                                    workspace),
                3 * std::log(10.0), 3 * 2 * this->kEpsilon);
    EXPECT_THAT(probabilities.values(), Each(TypeParam{1} / TypeParam{10}));
  }
}

TYPED_TEST(CrossEntropyTest, LargeLogitsDoNotOverflow) {
  const Tensor<TypeParam> logits({2, 2}, {1000, -1000, -1000, 1000});
  Tensor<TypeParam> probabilities;
  Tensor<TypeParam> workspace;
  // Right both times, and wrong both times.
  EXPECT_EQ(CrossEntropyForward(logits, Tensor<int64_t>({2}, {0, 1}),
                                probabilities, workspace),
            0);
  EXPECT_EQ(CrossEntropyForward(logits, Tensor<int64_t>({2}, {1, 0}),
                                probabilities, workspace),
            4000);
  EXPECT_THAT(probabilities.values(), ElementsAre(1, 0, 0, 1));
  Tensor<TypeParam> gradient;
  CrossEntropyBackward(probabilities, Tensor<int64_t>({2}, {1, 0}), 1,
                       gradient);
  EXPECT_THAT(gradient.values(), ElementsAre(1, -1, -1, 1));
}

// What a confident and right prediction is still missing is not rounded away:
// ln(1 + e^-z) = e^-z to first order.
TYPED_TEST(CrossEntropyTest, SmallLossesAreExact) {
  const TypeParam z = std::is_same_v<TypeParam, float> ? 10 : 30;
  const Tensor<TypeParam> logits({1, 2}, {z, 0});
  Tensor<TypeParam> probabilities;
  Tensor<TypeParam> workspace;
  const double loss = CrossEntropyForward(logits, Tensor<int64_t>({1}, {0}),
                                          probabilities, workspace);
  EXPECT_NEAR(loss, std::log1p(std::exp(-double{z})), this->kEpsilon);
  EXPECT_GT(loss, 0);
}

TYPED_TEST(CrossEntropyTest, GradientRowsSumToZero) {
  const auto logits = RandomTensor<TypeParam>({5, 10}, 1);
  const Tensor<int64_t> targets = SomeTargets(5, 10);
  Tensor<TypeParam> probabilities;
  Tensor<TypeParam> workspace;
  Tensor<TypeParam> gradient;
  CrossEntropyForward(logits, targets, probabilities, workspace);
  CrossEntropyBackward(probabilities, targets, 1, gradient);
  for (int64_t n = 0; n < 5; ++n) {
    double sum = 0;
    for (const TypeParam g : gradient.Outer(n)) sum += g;
    EXPECT_NEAR(sum, 0, 10 * this->kEpsilon);
    EXPECT_LT(gradient(n, targets(n)), -0.1);
  }
}

TYPED_TEST(CrossEntropyTest, ImpossibleClasses) {
  const Tensor<TypeParam> logits({1, 3}, {-this->kInfinity, 2, 2});
  Tensor<TypeParam> probabilities;
  Tensor<TypeParam> workspace;
  EXPECT_NEAR(CrossEntropyForward(logits, Tensor<int64_t>({1}, {1}),
                                  probabilities, workspace),
              std::log(2.0), this->kEpsilon);
  EXPECT_THAT(probabilities.values(), ElementsAre(0, 0.5, 0.5));
  EXPECT_EQ(CrossEntropyForward(logits, Tensor<int64_t>({1}, {0}),
                                probabilities, workspace),
            this->kInfinity);
}

// Divergence must show, wherever in the row the NaN stands.
TYPED_TEST(CrossEntropyTest, NanPropagates) {
  for (int64_t place = 0; place < 3; ++place) {
    auto logits = RandomTensor<TypeParam>({2, 3}, 1);
    logits(0, place) = std::numeric_limits<TypeParam>::quiet_NaN();
    const Tensor<int64_t> targets({2}, {1, 1});
    Tensor<TypeParam> probabilities;
    Tensor<TypeParam> workspace;
    Tensor<TypeParam> gradient;
    EXPECT_THAT(CrossEntropyForward(logits, targets, probabilities, workspace),
                IsNan());
    CrossEntropyBackward(probabilities, targets, 1, gradient);
    EXPECT_THAT(gradient.Outer(0), Each(IsNan()));
    EXPECT_THAT(gradient.Outer(1), Each(testing::Not(IsNan())));
  }
}

// A weighted sum over all classes of their cross-entropies, and of the target's
// own once more.
TYPED_TEST(CrossEntropyTest, WeightedIsTheDefinition) {
  for (const int64_t classes : {1, 2, 10, 33}) {
    constexpr int64_t kBatch = 7;
    constexpr double kScale = 0.7;
    const auto logits = RandomTensor<TypeParam>({kBatch, classes}, 1);
    const Tensor<int64_t> targets = SomeTargets(kBatch, classes);
    for (const bool every : {false, true}) {
      ClassWeights<TypeParam> weights;
      weights.target = RandomTensor<TypeParam>({classes}, 2);
      if (every) weights.every = RandomTensor<TypeParam>({classes}, 3);
      Tensor<TypeParam> probabilities;
      Tensor<TypeParam> workspace;
      Tensor<TypeParam> gradient;
      const double loss = WeightedCrossEntropyForward(logits, targets, weights,
                                                      probabilities, workspace);
      WeightedCrossEntropyBackward(probabilities, targets, weights, kScale,
                                   gradient);
      // A handful of roundings for each class, of numbers up to 10: weights are
      // at most 1, and cross-entropies of so many classes below 2 + ln 33.
      const double tolerance =
          10 * static_cast<double>(classes) * this->kEpsilon;
      double expected_loss = 0;
      for (int64_t n = 0; n < kBatch; ++n) {
        double sum = 0;
        double sum_of_weights = 0;
        const auto weight = [&](int64_t j) {
          return (j == targets(n) ? double{weights.target(j)} : 0) +
                 (every ? double{weights.every(j)} : 0);
        };
        for (int64_t j = 0; j < classes; ++j) {
          sum += std::exp(double{logits(n, j)});
          sum_of_weights += weight(j);
        }
        for (int64_t j = 0; j < classes; ++j) {
          const double p = std::exp(double{logits(n, j)}) / sum;
          expected_loss -= weight(j) * std::log(p);
          ASSERT_NEAR(gradient(n, j), kScale * (sum_of_weights * p - weight(j)),
                      tolerance);
        }
      }
      ASSERT_NEAR(loss, expected_loss, kBatch * tolerance);
    }
  }
}

TYPED_TEST(CrossEntropyTest, WeightsOfOneAreNone) {
  constexpr int64_t kClasses = 10;
  const auto logits = RandomTensor<TypeParam>({5, kClasses}, 1);
  const Tensor<int64_t> targets = SomeTargets(5, kClasses);
  ClassWeights<TypeParam> weights = {Tensor<TypeParam>({kClasses}), {}};
  weights.target.Fill(1);
  Tensor<TypeParam> probabilities;
  Tensor<TypeParam> workspace;
  Tensor<TypeParam> gradient;
  Tensor<TypeParam> weighted_gradient;
  EXPECT_EQ(WeightedCrossEntropyForward(logits, targets, weights, probabilities,
                                        workspace),
            CrossEntropyForward(logits, targets, probabilities, workspace));
  CrossEntropyBackward(probabilities, targets, 0.3, gradient);
  WeightedCrossEntropyBackward(probabilities, targets, weights, 0.3,
                               weighted_gradient);
  EXPECT_THAT(weighted_gradient.values(),
              testing::ElementsAreArray(gradient.values()));
}

TEST(CrossEntropyDeathTest, Misuse) {
  const Tensor<float> logits({2, 3});
  Tensor<float> probabilities;
  Tensor<float> workspace;
  const auto forward = [&](const Tensor<float>& some_logits,
                           const Tensor<int64_t>& targets) {
    CrossEntropyForward(some_logits, targets, probabilities, workspace);
  };
  EXPECT_DEATH(forward(logits, Tensor<int64_t>({3})),
               "CrossEntropyForward: logits \\[2, 3\\] and targets \\[3\\]");
  EXPECT_DEATH(forward(Tensor<float>({6}), Tensor<int64_t>({2})),
               "CrossEntropyForward: logits \\[6\\] and targets \\[2\\]");
  EXPECT_DEATH(forward(Tensor<float>({0, 3}), Tensor<int64_t>({0})),
               "CrossEntropyForward: no logits");
  EXPECT_DEATH(forward(logits, Tensor<int64_t>({2}, {0, 3})),
               "CrossEntropyForward: target 3 where there are 3 classes");
  EXPECT_DEATH(forward(logits, Tensor<int64_t>({2}, {-1, 0})),
               "CrossEntropyForward: target -1 where there are 3 classes");
  EXPECT_DEATH(CrossEntropyBackward(logits, Tensor<int64_t>({2}, {0, 3}), 1,
                                    probabilities),
               "CrossEntropyBackward: target 3 where there are 3 classes");
  const ClassWeights<float> two = {Tensor<float>({2}), {}};
  const ClassWeights<float> three_and_two = {Tensor<float>({3}),
                                             Tensor<float>({2})};
  const Tensor<int64_t> targets({2});
  EXPECT_DEATH(WeightedCrossEntropyForward(logits, targets, two, probabilities,
                                           workspace),
               "WeightedCrossEntropyForward: weights \\[2\\] for logits");
  EXPECT_DEATH(WeightedCrossEntropyBackward(logits, targets, three_and_two, 1,
                                            probabilities),
               "WeightedCrossEntropyBackward: weights \\[2\\] for logits");
}

}  // namespace
}  // namespace minidl
