#include "tensor/reference_sum_testutil.h"

#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::Not;
using ::testing::Pointwise;

ReferenceSum SumOf(const std::vector<double>& terms) {
  ReferenceSum sum;
  for (const double term : terms) sum.Add(term);
  return sum;
}

TEST(ReferenceSumTest, ToleranceGrowsWithTermsAndMagnitude) {
  const ReferenceSum sum = SumOf({3, -2, 1});
  EXPECT_EQ(sum.value(), 2);
  EXPECT_EQ(sum.Tolerance<float>(), 2 * 3 * 0x1p-24 * 6);
  EXPECT_EQ(sum.Tolerance<double>(), 2 * 3 * 0x1p-53 * 6);
  EXPECT_EQ(SumOf({}).Tolerance<float>(), 0);
}

TEST(ReferenceSumTest, MatcherUsesTheNumbersType) {
  const std::vector<ReferenceSum> sums = {SumOf({1}), SumOf({1, 1})};
  EXPECT_THAT((std::vector<float>{1 + 0x1p-23f, 2}),
              Pointwise(IsNearSum(), sums));
  EXPECT_THAT((std::vector<float>{1 + 0x1p-22f, 2}),
              Not(Pointwise(IsNearSum(), sums)));
  EXPECT_THAT((std::vector<double>{1 + 0x1p-23, 2}),
              Not(Pointwise(IsNearSum(), sums)));
  EXPECT_THAT((std::vector<float>{1, std::numeric_limits<float>::quiet_NaN()}),
              Not(Pointwise(IsNearSum(), sums)));
}

}  // namespace
}  // namespace minidl
