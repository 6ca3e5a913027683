#include "tensor/kernels/binary_cross_entropy.h"

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

using ::testing::IsNan;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr double kUnit = 0x1p-24;

struct Result {
  double sum;
  std::vector<float> difference;
};

Result Compute(const std::vector<float>& logits,
               const std::vector<float>& targets) {
  Result result = {0, std::vector<float>(logits.size())};
  result.sum =
      SigmoidCrossEntropy(static_cast<int64_t>(logits.size()), logits.data(),
                          targets.data(), result.difference.data());
  return result;
}

// In [-scale, scale).
std::vector<float> Random(int64_t n, float scale, uint64_t seed) {
  const auto tensor = RandomTensor<float>({n}, seed);
  std::vector<float> values;
  for (const float x : tensor.values()) values.push_back(scale * x);
  return values;
}

// Targets from 0 to 1, of which some are 0 and some 1.
std::vector<float> RandomTargets(int64_t n) {
  std::vector<float> targets = Random(n, 1, 2);
  for (float& y : targets) y = y < 0 ? 0 : y > 0.5f ? 1 : 2 * y;
  return targets;
}

TEST(BinaryCrossEntropyKernelTest, IsTheDefinitionForAllTargetsAndSizes) {
  ForEachTarget([] {
    for (int64_t n = 0; n <= 70; ++n) {
      const std::vector<float> logits = Random(n, 10, 1);
      const std::vector<float> targets = RandomTargets(n);
      std::vector<float> difference(static_cast<size_t>(n + 64), 77);
      const double sum = SigmoidCrossEntropy(n, logits.data(), targets.data(),
                                             difference.data());
      double expected = 0;
      size_t i = 0;
      for (; i < logits.size(); ++i) {
        const double z = logits[i];
        const double y = targets[i];
        const double s = 1 / (1 + std::exp(-z));
        expected -= y * std::log(s) + (1 - y) * std::log(1 - s);
        // An exponential, a sum, a quotient and two differences.
        ASSERT_NEAR(difference[i], s - y, 6 * kUnit);
      }
      // A product and its sum, up to 10, and a logarithm.
      ASSERT_NEAR(sum, expected, static_cast<double>(n) * 24 * kUnit);
      for (; i < difference.size(); ++i) {
        ASSERT_EQ(difference[i], 77) << "behind the end";
      }
    }
  });
}

// Logits that are right: -ln s(z) = e^-z and 1 - s(z) = e^-z to first order,
// which 1 - s(z) in floats would round to 0.
TEST(BinaryCrossEntropyKernelTest, WhatIsStillMissingIsExact) {
  ForEachTarget([] {
    for (const float z : {1.0f, 10.0f, 20.0f, 50.0f, 80.0f}) {
      for (const float y : {0.0f, 1.0f}) {
        const Result result = Compute({y == 1 ? z : -z}, {y});
        const double e = std::exp(-double{z});
        const double loss = std::log1p(e);
        EXPECT_NEAR(result.sum, loss, 8 * kUnit * loss) << z;
        const double gap = e / (1 + e);
        EXPECT_NEAR(result.difference[0], y == 1 ? -gap : gap, 6 * kUnit * gap)
            << z;
      }
    }
  });
}

TEST(BinaryCrossEntropyKernelTest, LargeLogitsDoNotOverflow) {
  ForEachTarget([] {
    const Result result = Compute({1000, 1000, -1000, -1000}, {1, 0, 1, 0});
    EXPECT_EQ(result.sum, 2000);
    EXPECT_THAT(result.difference, testing::ElementsAre(0, 1, -1, 0));
    EXPECT_EQ(Compute({1e30f}, {0}).sum, double{1e30f});
    EXPECT_EQ(Compute({kInfinity}, {0}).sum, kInfinity);
    EXPECT_EQ(Compute({-kInfinity}, {1}).difference[0], -1);
  });
}

TEST(BinaryCrossEntropyKernelTest, NanPropagates) {
  ForEachTarget([] {
    for (size_t place = 0; place < 23; ++place) {
      std::vector<float> logits = Random(23, 1, 1);
      std::vector<float> targets = RandomTargets(23);
      for (std::vector<float>* values : {&logits, &targets}) {
        const float before = (*values)[place];
        (*values)[place] = std::nanf("");
        const Result result = Compute(logits, targets);
        (*values)[place] = before;
        EXPECT_THAT(result.sum, IsNan());
        for (size_t i = 0; i < 23; ++i) {
          EXPECT_EQ(std::isnan(result.difference[i]), i == place);
        }
      }
    }
  });
}

TEST(BinaryCrossEntropyKernelTest, SameBitsWithAvx2AndAvx512) {
  if (!HasAvx2AndAvx512()) GTEST_SKIP() << "this processor has not both";
  const std::vector<float> logits = Random(9'999, 100, 1);
  const std::vector<float> targets = RandomTargets(9'999);
  ChooseTargets(HWY_AVX2);
  const Result avx2 = Compute(logits, targets);
  ChooseTargets(HWY_AVX3);
  const Result avx512 = Compute(logits, targets);
  ChooseTargets(0);
  EXPECT_EQ(avx2.sum, avx512.sum);
  EXPECT_EQ(avx2.difference, avx512.difference);
}

}  // namespace
}  // namespace minidl::kernels
