#include "tensor/kernels/cross_entropy.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "tensor/kernels/targets_testutil.h"
#include "tensor/tensor_testutil.h"

namespace minidl::kernels {
namespace {

using ::testing::Each;
using ::testing::IsNan;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kGuard = 77;
constexpr size_t kGuards = 64;

struct Result {
  double loss;
  std::vector<float> probabilities;  // And guards.
  std::vector<float> gradient;       // And guards.
};

// Of rows whose targets are 3 row mod classes.
Result Compute(int64_t classes, const std::vector<float>& logits, float scale) {
  const int64_t rows = static_cast<int64_t>(logits.size()) / classes;
  std::vector<int64_t> targets;
  for (int64_t row = 0; row < rows; ++row) targets.push_back(3 * row % classes);
  std::vector<float> workspace(
      static_cast<size_t>(SoftmaxCrossEntropyWorkspaceSize(classes)),
      std::numeric_limits<float>::quiet_NaN());
  Result result;
  result.probabilities.resize(logits.size() + kGuards, kGuard);
  result.gradient.resize(logits.size() + kGuards, kGuard);
  result.loss =
      SoftmaxCrossEntropy(rows, classes, logits.data(), targets.data(),
                          result.probabilities.data(), workspace.data());
  SoftmaxCrossEntropyGradient(rows, classes, result.probabilities.data(),
                              targets.data(), scale, result.gradient.data());
  return result;
}

std::vector<float> RandomLogits(int64_t rows, int64_t classes, float scale) {
  const auto tensor = RandomTensor<float>({rows * classes}, 1);
  std::vector<float> logits;
  for (const float x : tensor.values()) logits.push_back(scale * x);
  return logits;
}

TEST(CrossEntropyKernelTest, IsTheDefinitionForAllTargetsAndSizes) {
  constexpr double kUnit = 0x1p-24;
  ForEachTarget([&] {
    for (const int64_t classes :
         {1, 2, 3, 4, 5, 7, 8, 9, 10, 16, 17, 33, 100}) {
      for (int64_t rows = 0; rows <= 35; ++rows) {
        SCOPED_TRACE(testing::Message() << rows << "×" << classes);
        const std::vector<float> logits = RandomLogits(rows, classes, 5);
        const Result result = Compute(classes, logits, 0.7f);
        double loss = 0;
        size_t i = 0;
        for (int64_t row = 0; row < rows; ++row) {
          const auto first = logits.begin() + row * classes;
          const double largest = *std::max_element(first, first + classes);
          double sum = 0;
          for (int64_t j = 0; j < classes; ++j) {
            sum += std::exp(double{first[j]} - largest);
          }
          const int64_t target = 3 * row % classes;
          loss += std::log(sum) - (double{first[target]} - largest);
          // Differences of logits, up to 10, are rounded to 10 u, exponentials
          // to 2 u, the sum of so many terms, its inverse and the product with
          // it to u each.
          const double tolerance =
              (10 + 2 + static_cast<double>(classes) + 2) * kUnit;
          for (int64_t j = 0; j < classes; ++j, ++i) {
            const double p = std::exp(double{first[j]} - largest) / sum;
            ASSERT_NEAR(result.probabilities[i], p, tolerance * p);
            ASSERT_NEAR(result.gradient[i],
                        double{0.7f} * (p - (j == target ? 1 : 0)), tolerance);
          }
        }
        // Of each row: a difference up to 10, and a logarithm of a sum.
        ASSERT_NEAR(result.loss, loss,
                    static_cast<double>(rows * (10 + 2 + classes + 8)) * kUnit);
        for (; i < result.gradient.size(); ++i) {
          ASSERT_EQ(result.probabilities[i], kGuard) << "behind the end";
          ASSERT_EQ(result.gradient[i], kGuard) << "behind the end";
        }
      }
    }
  });
}

// Two logits, 0 and x < 0: the second probability is e^x / (1 + e^x), whose
// relative error is that of the exponential, of at most one unit in the last
// place, and three roundings, of half a unit each that may double when the
// exponent changes.
TEST(CrossEntropyKernelTest, ExponentialIsWithinAnUlp) {
  std::vector<float> logits;
  for (float x = -1e-9f; x > -200; x = x * 1.001f) {
    logits.push_back(0);
    logits.push_back(x);
  }
  ForEachTarget([&] {
    const Result result = Compute(2, logits, 1);
    for (size_t i = 0; i < logits.size(); i += 2) {
      const double exp = std::exp(double{logits[i + 1]});
      const double p = exp / (1 + exp);
      if (logits[i + 1] > -87) {
        ASSERT_NEAR(result.probabilities[i + 1], p, 2.5 * 0x1p-23 * p)
            << logits[i + 1];
      } else {
        ASSERT_EQ(result.probabilities[i + 1], 0) << logits[i + 1];
      }
    }
  });
}

// A row of 10 among 20, each with one special logit somewhere.
TEST(CrossEntropyKernelTest, SpecialLogits) {
  constexpr int64_t kRows = 20, kClasses = 10;
  ForEachTarget([&] {
    for (size_t place = 0; place < kClasses; ++place) {
      for (const size_t row : {0, 7, 19}) {
        const auto with = [&](float special) {
          auto logits = RandomLogits(kRows, kClasses, 1);
          logits[row * kClasses + place] = special;
          return Compute(kClasses, logits, 1);
        };
        const auto row_of = [&](const std::vector<float>& values) {
          const auto first = values.begin() + row * kClasses;
          return std::vector<float>(first, first + kClasses);
        };
        const bool target = place == 3 * row % kClasses;
        for (const float special : {std::nanf(""), kInfinity}) {
          const Result result = with(special);
          EXPECT_THAT(result.loss, IsNan());
          EXPECT_THAT(row_of(result.probabilities), Each(IsNan()));
          EXPECT_THAT(row_of(result.gradient), Each(IsNan()));
          EXPECT_EQ(std::count_if(result.probabilities.begin(),
                                  result.probabilities.end(),
                                  [](float p) { return std::isnan(p); }),
                    kClasses)
              << "other rows have NaNs";
        }
        for (const float special : {-1000.0f, -kInfinity}) {
          const Result result = with(special);
          EXPECT_EQ(row_of(result.probabilities)[place], 0);
          if (target) {
            EXPECT_GE(result.loss, -special);
            EXPECT_LE(result.loss, -special + 100);
          } else {
            EXPECT_LE(result.loss, 100);
          }
        }
        const Result result = with(1000);
        EXPECT_EQ(row_of(result.probabilities)[place], 1);
        EXPECT_EQ(row_of(result.gradient)[place], target ? 0 : 1);
      }
    }
  });
}

TEST(CrossEntropyKernelTest, NothingIsPossible) {
  ForEachTarget([&] {
    const Result result = Compute(2, {-kInfinity, -kInfinity}, 1);
    EXPECT_THAT(result.loss, IsNan());
    EXPECT_THAT(result.probabilities[0], IsNan());
  });
}

// Of the same rows, with weights from 0 to 1 for the targets, and if asked for
// for every class.
template <typename T>
struct WeightedResult {
  double loss;
  std::vector<T> probabilities;
  std::vector<T> gradient;
};
template <typename T>
WeightedResult<T> ComputeWeighted(int64_t classes, bool every,
                                  const std::vector<float>& float_logits,
                                  float scale) {
  const int64_t rows = static_cast<int64_t>(float_logits.size()) / classes;
  const std::vector<T> logits(float_logits.begin(), float_logits.end());
  std::vector<int64_t> targets;
  for (int64_t row = 0; row < rows; ++row) targets.push_back(3 * row % classes);
  std::vector<T> target_weights, every_weight;
  for (int64_t j = 0; j < classes; ++j) {
    target_weights.push_back(
        static_cast<T>(0.125f * static_cast<float>(j % 9)));
    every_weight.push_back(static_cast<T>(0.25f * static_cast<float>(j % 5)));
  }
  const ClassWeights<T> weights = {target_weights.data(),
                                   every ? every_weight.data() : nullptr};
  std::vector<T> workspace(
      static_cast<size_t>(SoftmaxCrossEntropyWorkspaceSize(classes)));
  WeightedResult<T> result;
  result.probabilities.resize(logits.size());
  result.gradient.resize(logits.size() + kGuards, kGuard);
  result.loss = WeightedSoftmaxCrossEntropy(
      rows, classes, logits.data(), targets.data(), weights,
      result.probabilities.data(), workspace.data());
  WeightedSoftmaxCrossEntropyGradient(
      rows, classes, result.probabilities.data(), targets.data(), weights,
      scale, result.gradient.data());
  return result;
}

// The same in double, which the tests of the operation compare with the
// definition.
TEST(CrossEntropyKernelTest, WeightedIsTheDefinitionForAllTargetsAndSizes) {
  constexpr double kUnit = 0x1p-24;
  ForEachTarget([&] {
    for (const int64_t classes : {1, 2, 3, 8, 10, 16, 17, 33}) {
      for (int64_t rows = 0; rows <= 35; rows += 1 + rows / 3) {
        for (const bool every : {false, true}) {
          SCOPED_TRACE(testing::Message() << rows << "×" << classes);
          const std::vector<float> logits = RandomLogits(rows, classes, 5);
          const auto result =
              ComputeWeighted<float>(classes, every, logits, 0.5f);
          const auto expected =
              ComputeWeighted<double>(classes, every, logits, 0.5f);
          // As without weights, which are at most 1: for the target's class and
          // for every other.
          const auto terms = static_cast<double>(every ? 1 + classes : 1);
          const double tolerance =
              (10 + 2 + static_cast<double>(classes) + 8) * terms * kUnit;
          ASSERT_NEAR(result.loss, expected.loss,
                      static_cast<double>(rows) * tolerance);
          for (size_t i = 0; i < logits.size(); ++i) {
            ASSERT_NEAR(result.gradient[i], expected.gradient[i], tolerance);
          }
          for (size_t i = logits.size(); i < result.gradient.size(); ++i) {
            ASSERT_EQ(result.gradient[i], kGuard) << "behind the end";
          }
        }
      }
    }
  });
}

// A logit of minus infinity has no cross-entropy where its class has no part in
// the loss, and an infinite one where it has.
TEST(CrossEntropyKernelTest, WeightedImpossibleClasses) {
  ForEachTarget([] {
    std::vector<float> logits = {0, 1, -kInfinity};
    EXPECT_LE(ComputeWeighted<float>(3, false, logits, 1).loss, 10);
    EXPECT_EQ(ComputeWeighted<float>(3, true, logits, 1).loss, kInfinity);
    logits[2] = std::nanf("");
    EXPECT_THAT(ComputeWeighted<float>(3, false, logits, 1).gradient[0],
                IsNan());
    EXPECT_THAT(ComputeWeighted<float>(3, true, logits, 1).loss, IsNan());
  });
}

TEST(CrossEntropyKernelTest, SameBitsWithAvx2AndAvx512) {
  if (!HasAvx2AndAvx512()) GTEST_SKIP() << "this processor has not both";
  for (const int64_t classes : {2, 10, 33}) {
    const auto logits = RandomLogits(999, classes, 50);
    ChooseTargets(HWY_AVX2);
    const Result avx2 = Compute(classes, logits, 0.01f);
    ChooseTargets(HWY_AVX3);
    const Result avx512 = Compute(classes, logits, 0.01f);
    ChooseTargets(0);
    EXPECT_EQ(avx2.loss, avx512.loss);
    EXPECT_EQ(avx2.probabilities, avx512.probabilities);
    EXPECT_EQ(avx2.gradient, avx512.gradient);

    ChooseTargets(HWY_AVX2);
    const auto weighted2 = ComputeWeighted<float>(classes, true, logits, 0.01f);
    ChooseTargets(HWY_AVX3);
    const auto weighted512 =
        ComputeWeighted<float>(classes, true, logits, 0.01f);
    ChooseTargets(0);
    EXPECT_EQ(weighted2.loss, weighted512.loss);
    EXPECT_EQ(weighted2.probabilities, weighted512.probabilities);
    EXPECT_EQ(weighted2.gradient, weighted512.gradient);
  }
}

}  // namespace
}  // namespace minidl::kernels
