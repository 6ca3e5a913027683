#include "statistics/sign_flip.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "proto/statistics.pb.h"
#include "statistics/golden.h"

namespace minidl {
namespace {

using proto::SignFlipTest;

TEST(SignFlipTestTest, SciPyAndExactCounts) {
  for (const golden::SignFlip& example : golden::kSignFlips) {
    SCOPED_TRACE(example.differences.size());
    const SignFlipTest test = ComputeSignFlipTest(example.differences);
    if (example.differences.size() <= kMaxEnumeratedDifferences) {
      EXPECT_EQ(test.method(), SignFlipTest::ENUMERATED);
      EXPECT_EQ(test.draws(), 0);
      EXPECT_EQ(test.p(), example.p);
    } else {
      EXPECT_EQ(test.method(), SignFlipTest::MONTE_CARLO);
      EXPECT_EQ(test.draws(), kSignFlipDraws);
      // Five standard deviations of a share among the draws.
      EXPECT_NEAR(test.p(), example.p,
                  5 * std::sqrt(example.p * (1 - example.p) / kSignFlipDraws) +
                      1.0 / kSignFlipDraws);
    }
  }
}

// Tenths have no exact binary form, so that equal sums are rounded differently.
TEST(SignFlipTestTest, TiesOfRoundedNumbers) {
  for (const golden::SignFlip& example : golden::kSignFlips) {
    if (example.differences.size() > kMaxEnumeratedDifferences) continue;
    SCOPED_TRACE(example.differences.size());
    std::vector<double> tenths;
    for (const double difference : example.differences) {
      tenths.push_back(difference / 10);
    }
    EXPECT_EQ(ComputeSignFlipTest(tenths).p(), example.p);
  }
}

TEST(SignFlipTestTest, SmallestP) {
  for (int n = 1; n <= 50; ++n) {
    const SignFlipTest test =
        ComputeSignFlipTest(std::vector<double>(static_cast<size_t>(n), 3.25));
    const double bound = n <= kMaxEnumeratedDifferences ? 0 : 1e-5;
    EXPECT_EQ(test.smallest_p(), std::max(std::ldexp(1, 1 - n), bound)) << n;
    EXPECT_EQ(test.p(), test.smallest_p()) << n;
  }
}

TEST(SignFlipTestTest, ZerosHaveNoSign) {
  const SignFlipTest test = ComputeSignFlipTest({0, 1, 0, 2, 3, 0});
  EXPECT_EQ(test.p(), 0.25);
  EXPECT_EQ(test.smallest_p(), 0.25);
  // Nor do they make a test random.
  std::vector<double> many(100, 0.0);
  many[50] = 1;
  EXPECT_EQ(ComputeSignFlipTest(many).method(), SignFlipTest::ENUMERATED);
}

TEST(SignFlipTestTest, AllZero) {
  const SignFlipTest test = ComputeSignFlipTest(std::vector<double>(10, 0.0));
  EXPECT_EQ(test.p(), 1);
  EXPECT_EQ(test.smallest_p(), 1);
}

TEST(SignFlipTestTest, SumOfZero) {
  EXPECT_EQ(ComputeSignFlipTest({0.1, 0.2, -0.3}).p(), 1);
}

TEST(SignFlipTestTest, OppositeDifferencesHaveTheSameP) {
  for (const golden::SignFlip& example : golden::kSignFlips) {
    if (example.differences.size() > kMaxEnumeratedDifferences) continue;
    std::vector<double> opposite;
    for (const double difference : example.differences) {
      opposite.push_back(-difference);
    }
    EXPECT_EQ(ComputeSignFlipTest(opposite).p(), example.p);
  }
}

TEST(SignFlipDeathTest, WhatHasNoTest) {
  EXPECT_DEATH(ComputeSignFlipTest({}), "no differences");
  EXPECT_DEATH(
      ComputeSignFlipTest({1, std::numeric_limits<double>::quiet_NaN()}),
      "a difference of nan");
}

}  // namespace
}  // namespace minidl
