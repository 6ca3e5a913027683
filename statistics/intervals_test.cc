#include "statistics/intervals.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "gtest/gtest.h"
#include "proto/statistics.pb.h"
#include "statistics/golden.h"
#include "statistics/moments.h"

namespace minidl {
namespace {

// Quantiles are iterated to about the precision of a double.
constexpr double kRelativeTolerance = 1e-12;

TEST(IntervalsTest, SciPy) {
  for (const golden::Sample& sample : golden::kSamples) {
    SCOPED_TRACE(sample.values.size());
    const Moments moments = ComputeMoments(sample.values);
    const std::optional<proto::Interval> mean = MeanInterval(moments);
    ASSERT_TRUE(mean.has_value());
    EXPECT_NEAR(mean->low(), sample.mean_low, kRelativeTolerance * sample.mean);
    EXPECT_NEAR(mean->high(), sample.mean_high,
                kRelativeTolerance * sample.mean);
    const std::optional<proto::Interval> deviation = DeviationInterval(moments);
    ASSERT_TRUE(deviation.has_value());
    EXPECT_NEAR(deviation->low(), sample.deviation_low,
                kRelativeTolerance * sample.deviation_low);
    EXPECT_NEAR(deviation->high(), sample.deviation_high,
                kRelativeTolerance * sample.deviation_high);
  }
}

// With one degree of freedom, Student's t is Cauchy's distribution: its
// quantile at 3/4 is 1.
TEST(IntervalsTest, OtherConfidence) {
  const std::optional<proto::Interval> interval =
      MeanInterval({2, 5, 2.0}, /*confidence=*/0.5);
  ASSERT_TRUE(interval.has_value());
  EXPECT_DOUBLE_EQ(interval->low(), 5 - 2 / std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(interval->high(), 5 + 2 / std::sqrt(2.0));
}

TEST(IntervalsTest, DeviationsThatHaveNone) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Moments& moments :
       {Moments{1, 5, std::nullopt}, Moments{10, 5, 0.0}, Moments{10, nan, nan},
        Moments{10, 5, infinity}}) {
    EXPECT_FALSE(MeanInterval(moments).has_value());
    EXPECT_FALSE(DeviationInterval(moments).has_value());
  }
}

TEST(IntervalsTest, Name) { EXPECT_EQ(IntervalName(), "95 % interval"); }

TEST(IntervalsTest, ProbabilityOfADeviation) {
  for (const golden::DeviationProbability& example :
       golden::kDeviationProbabilities) {
    EXPECT_NEAR(ProbabilityOfDeviationUpTo(example.deviation, example.n,
                                           example.true_deviation),
                example.probability, kRelativeTolerance * example.probability);
  }
}

TEST(IntervalsTest, ProbabilityOfNoDeviationAtAll) {
  for (const int64_t n : {2, 10, 10'000}) {
    EXPECT_EQ(ProbabilityOfDeviationUpTo(0, n, 3.5), 0);
  }
}

TEST(IntervalsDeathTest, ProbabilityOfADeviation) {
  EXPECT_DEATH(ProbabilityOfDeviationUpTo(1, 1, 1), "1 values");
  EXPECT_DEATH(ProbabilityOfDeviationUpTo(1, 5, 0), "deviation 0");
}

}  // namespace
}  // namespace minidl
