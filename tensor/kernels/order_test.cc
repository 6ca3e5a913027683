#include "tensor/kernels/order.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "tensor/kernels/targets_testutil.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl::kernels {
namespace {

using ::testing::Each;
using ::testing::IsNan;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kGuard = 77;
constexpr size_t kGuards = 64;

template <typename T>
struct Result {
  std::vector<T> log_probabilities;
  std::vector<T> greater;
  std::vector<T> less_equal;
};

// With guards behind each part.
template <typename T>
Result<T> Compute(int64_t classes, const std::vector<T>& logits) {
  const int64_t rows = static_cast<int64_t>(logits.size()) / (2 * classes);
  std::vector<T> workspace(
      static_cast<size_t>(OrderLogProbabilitiesWorkspaceSize(classes)),
      std::numeric_limits<T>::quiet_NaN());
  Result<T> result;
  const auto guarded = [](size_t size) {
    return std::vector<T>(size + kGuards, kGuard);
  };
  result.log_probabilities = guarded(static_cast<size_t>(2 * rows));
  result.greater = guarded(logits.size());
  result.less_equal = guarded(logits.size());
  OrderLogProbabilities(rows, classes, logits.data(),
                        result.log_probabilities.data(), result.greater.data(),
                        result.less_equal.data(), workspace.data());
  return result;
}

template <typename T>
std::vector<T> RandomLogits(int64_t rows, int64_t classes, T scale) {
  const auto tensor = RandomTensor<T>({rows * 2 * classes}, 1);
  std::vector<T> logits;
  for (const T x : tensor.values()) logits.push_back(scale * x);
  return logits;
}

void ExpectNear(const std::vector<float>& actual,
                const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], tolerance) << "element " << i;
  }
}

// With numbers that a hand can check: a is 0 or 1 with 1/4 and 3/4, b with 2/3
// and 1/3. P(a > b) = 3/4 2/3 = 1/2.
TEST(OrderKernelTest, TwoClasses) {
  const std::vector<double> logits = {0, std::log(3), std::log(2), 0};
  const Result<double> result = Compute<double>(2, logits);
  EXPECT_NEAR(result.log_probabilities[0], std::log(0.5), 1e-15);
  EXPECT_NEAR(result.log_probabilities[1], std::log(0.5), 1e-15);
  // If a > b, then a = 1 and b = 0. If not, b = 1 has (1/4 + 3/4) 1/3 of 1/2.
  const double greater[] = {-0.25, 0.25, 1 - 2. / 3, -1. / 3};
  const double less_equal[] = {0.5 - 0.25, 0.5 - 0.75, 1. / 3 - 2. / 3,
                               2. / 3 - 1. / 3};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(result.greater[i], greater[i], 1e-15);
    EXPECT_NEAR(result.less_equal[i], less_equal[i], 1e-15);
  }
}

// The loops for double, against differences of ln P.
TEST(OrderKernelTest, GradientsAreNumericOnes) {
  constexpr int64_t kClasses = 5;
  constexpr double kStep = 1e-5;
  std::vector<double> logits = RandomLogits<double>(1, kClasses, 3);
  const Result<double> result = Compute(kClasses, logits);
  for (size_t i = 0; i < logits.size(); ++i) {
    const double logit = logits[i];
    logits[i] = logit + kStep;
    const Result<double> above = Compute(kClasses, logits);
    logits[i] = logit - kStep;
    const Result<double> below = Compute(kClasses, logits);
    logits[i] = logit;
    for (const size_t k : {0u, 1u}) {
      EXPECT_NEAR(k == 0 ? result.greater[i] : result.less_equal[i],
                  (above.log_probabilities[k] - below.log_probabilities[k]) /
                      (2 * kStep),
                  1e-9);
    }
  }
}

TEST(OrderKernelTest, IsTheDefinitionForAllTargetsAndSizes) {
  ForEachTarget([&] {
    for (const int64_t classes : {2, 3, 4, 5, 9, 10, 17}) {
      for (int64_t rows = 0; rows <= 35; ++rows) {
        SCOPED_TRACE(testing::Message() << rows << "×" << classes);
        const std::vector<float> logits = RandomLogits<float>(rows, classes, 5);
        const Result<float> actual = Compute(classes, logits);
        const Result<double> expected =
            Compute(classes, std::vector<double>(logits.begin(), logits.end()));
        // Logarithms of up to 25, each rounded, along `classes` of sums.
        const double tolerance =
            static_cast<double>(classes + 5) * 25 * 0x1p-24;
        ExpectNear(actual.log_probabilities, expected.log_probabilities,
                   tolerance);
        ExpectNear(actual.greater, expected.greater, tolerance);
        ExpectNear(actual.less_equal, expected.less_equal, tolerance);
      }
    }
  });
}

// A network that is certain, and wrong: the first is a 9, the second a 0, and
// it shall not be so. The gradient still says how to mend that.
TEST(OrderKernelTest, NoProbabilityIsTooSmall) {
  std::vector<float> logits(20, -500);
  logits[9] = 500;
  logits[10] = 500;
  const std::vector<double> logits_double(logits.begin(), logits.end());
  const Result<double> expected = Compute(10, logits_double);
  EXPECT_NEAR(expected.log_probabilities[0], 0, 1e-15);
  // Either digit changes: a becomes 0, or b becomes 9.
  EXPECT_NEAR(expected.log_probabilities[1], -1000 + std::log(2), 1e-9);
  ForEachTarget([&] {
    const Result<float> actual = Compute(10, logits);
    ExpectNear(actual.log_probabilities, expected.log_probabilities, 1e-4);
    ExpectNear(actual.greater, expected.greater, 1e-6);
    ExpectNear(actual.less_equal, expected.less_equal, 2e-4);
  });
}

TEST(OrderKernelTest, WhatIsNotFiniteBecomesNan) {
  for (const float bad : {std::nanf(""), kInfinity}) {
    for (const size_t place : {0u, 3u, 7u, 13u, 19u}) {
      std::vector<float> logits = RandomLogits<float>(2, 10, 1);
      logits[20 + place] = bad;
      ForEachTarget([&] {
        SCOPED_TRACE(testing::Message() << bad << " at " << place);
        const Result<float> result = Compute(10, logits);
        // The row before it is as ever.
        EXPECT_LT(result.log_probabilities[0], 0);
        EXPECT_THAT(std::vector<float>(result.log_probabilities.begin() + 2,
                                       result.log_probabilities.begin() + 4),
                    Each(IsNan()));
      });
    }
  }
}

TEST(OrderKernelTest, Avx512GivesTheSameBitsAsAvx2) {
  if (!HasAvx2AndAvx512()) GTEST_SKIP() << "no AVX-512 here";
  const std::vector<float> logits = RandomLogits<float>(37, 10, 20);
  ChooseTargets(HWY_AVX2);
  const Result<float> avx2 = Compute(10, logits);
  ChooseTargets(HWY_AVX3);
  const Result<float> avx512 = Compute(10, logits);
  ChooseTargets(0);
  EXPECT_EQ(avx2.log_probabilities, avx512.log_probabilities);
  EXPECT_EQ(avx2.greater, avx512.greater);
  EXPECT_EQ(avx2.less_equal, avx512.less_equal);
}

}  // namespace
}  // namespace minidl::kernels
