#include "statistics/moments.h"

#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace minidl {
namespace {

// NumPy 1.24.2: a = [16.1, 17.3, 15.2, 18.0, 16.4]; np.mean(a),
// np.std(a, ddof=1).
TEST(MomentsTest, NumPy) {
  const Moments moments = ComputeMoments({16.1, 17.3, 15.2, 18.0, 16.4});
  EXPECT_EQ(moments.n, 5);
  EXPECT_DOUBLE_EQ(moments.mean, 16.6);
  ASSERT_TRUE(moments.deviation.has_value());
  EXPECT_DOUBLE_EQ(*moments.deviation, 1.0839741694339402);
}

TEST(MomentsTest, OneValueHasNoDeviation) {
  const Moments moments = ComputeMoments({16.5});
  EXPECT_EQ(moments.n, 1);
  EXPECT_EQ(moments.mean, 16.5);
  EXPECT_EQ(moments.deviation, std::nullopt);
}

TEST(MomentsTest, EqualValuesHaveDeviationZero) {
  const Moments moments = ComputeMoments(std::vector<double>(10, 0.1));
  EXPECT_DOUBLE_EQ(moments.mean, 0.1);
  ASSERT_TRUE(moments.deviation.has_value());
  EXPECT_NEAR(*moments.deviation, 0, 1e-17);
}

// The integers 1 to n have mean (n + 1) / 2 and sample variance n (n + 1) / 12.
TEST(MomentsTest, ClosedForm) {
  for (int n = 2; n < 100; ++n) {
    std::vector<double> values;
    for (int i = 1; i <= n; ++i) values.push_back(i);
    const Moments moments = ComputeMoments(values);
    EXPECT_DOUBLE_EQ(moments.mean, (n + 1) / 2.0);
    EXPECT_DOUBLE_EQ(moments.deviation.value(), std::sqrt(n * (n + 1) / 12.0));
  }
}

// The hardest of NIST's Statistical Reference Datasets for univariate
// statistics, NumAcc4, whose certified mean is 10000000.2 and deviation 0.1:
// https://www.itl.nist.gov/div898/strd/univ/numacc4.html. The subtraction of
// squares that textbooks give is wrong in the first digit. Doubles near 1e7 are
// 1.9e-9 apart, which bounds what any method can do.
TEST(MomentsTest, LargeOffset) {
  std::vector<double> values = {10000000.2};
  for (int i = 0; i < 500; ++i) {
    values.push_back(10000000.1);
    values.push_back(10000000.3);
  }
  const Moments moments = ComputeMoments(values);
  EXPECT_DOUBLE_EQ(moments.mean, 10000000.2);
  EXPECT_NEAR(moments.deviation.value(), 0.1, 1e-9);
}

TEST(MomentsTest, NotANumberIsNotSkipped) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double bad : {nan, infinity, -infinity}) {
    const Moments moments = ComputeMoments({1.0, bad, 2.0});
    EXPECT_EQ(moments.n, 3);
    EXPECT_TRUE(std::isnan(moments.mean));
    EXPECT_TRUE(std::isnan(moments.deviation.value()));
    EXPECT_TRUE(std::isnan(ComputeMoments({bad}).mean));
  }
}

TEST(MomentsDeathTest, NoValues) {
  EXPECT_DEATH(ComputeMoments({}), "no values");
}

}  // namespace
}  // namespace minidl
