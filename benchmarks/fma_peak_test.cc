#include "benchmarks/fma_peak.h"

#include <vector>

#include "gtest/gtest.h"
#include "hwy/targets.h"

namespace minidl {
namespace {

TEST(FmaPeakTest, MeasuresTheWidestTargetFirst) {
  const std::vector<FmaPeak> peaks = MeasureFmaPeaks();
  ASSERT_FALSE(peaks.empty());
  const int64_t supported = hwy::SupportedTargets();
  EXPECT_EQ(peaks[0].target, hwy::TargetName(supported & -supported));
  for (const FmaPeak& peak : peaks) {
    // Any x86-64 core computes as much in scalars; none has 100 vector units.
    EXPECT_GT(peak.gflops, 1) << peak.target;
    EXPECT_LT(peak.gflops, 10'000) << peak.target;
  }
}

TEST(FmaPeakTest, LeavesTheChoiceOfTargetsAsItWas) {
  const int64_t before = hwy::SupportedTargets();
  MeasureFmaPeaks();
  EXPECT_EQ(hwy::SupportedTargets(), before);
}

}  // namespace
}  // namespace minidl
