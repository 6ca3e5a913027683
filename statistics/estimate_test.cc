#include "statistics/estimate.h"

#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "proto/statistics.pb.h"
#include "statistics/golden.h"

namespace minidl {
namespace {

TEST(EstimateTest, SciPy) {
  for (const golden::Sample& sample : golden::kSamples) {
    SCOPED_TRACE(sample.values.size());
    const proto::Estimate estimate = ComputeEstimate(sample.values);
    EXPECT_EQ(estimate.n(), static_cast<int>(sample.values.size()));
    EXPECT_DOUBLE_EQ(estimate.mean(), sample.mean);
    EXPECT_NEAR(estimate.deviation(), sample.deviation,
                1e-12 * sample.deviation);
    EXPECT_NEAR(estimate.mean_interval().low(), sample.mean_low, 1e-11);
    EXPECT_NEAR(estimate.deviation_interval().high(), sample.deviation_high,
                1e-10);
    EXPECT_DOUBLE_EQ(estimate.median(), sample.median);
    EXPECT_EQ(estimate.minimum(), sample.minimum);
    EXPECT_EQ(estimate.maximum(), sample.maximum);
  }
}

TEST(EstimateTest, NoValues) {
  const proto::Estimate estimate = ComputeEstimate({});
  EXPECT_EQ(estimate.SerializeAsString(),
            proto::Estimate().SerializeAsString());
}

TEST(EstimateTest, OneValue) {
  const proto::Estimate estimate = ComputeEstimate({16.5});
  EXPECT_EQ(estimate.n(), 1);
  EXPECT_EQ(estimate.mean(), 16.5);
  EXPECT_EQ(estimate.median(), 16.5);
  EXPECT_EQ(estimate.minimum(), 16.5);
  EXPECT_EQ(estimate.maximum(), 16.5);
  EXPECT_FALSE(estimate.has_deviation());
  EXPECT_FALSE(estimate.has_mean_interval());
  EXPECT_FALSE(estimate.has_deviation_interval());
}

// Ten times 0.1 is not 1 in floating point.
TEST(EstimateTest, TheSameValueAlways) {
  const proto::Estimate estimate =
      ComputeEstimate(std::vector<double>(10, 0.1));
  EXPECT_EQ(estimate.mean(), 0.1);
  ASSERT_TRUE(estimate.has_deviation());
  EXPECT_EQ(estimate.deviation(), 0);
  EXPECT_EQ(estimate.median(), 0.1);
  EXPECT_FALSE(estimate.has_mean_interval());
  EXPECT_FALSE(estimate.has_deviation_interval());
}

TEST(EstimateTest, NoFigureOfWhatIsNoNumber) {
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity()}) {
    proto::Estimate count_alone;
    count_alone.set_n(3);
    EXPECT_EQ(ComputeEstimate({1, bad, 2}).SerializeAsString(),
              count_alone.SerializeAsString());
  }
}

}  // namespace
}  // namespace minidl
