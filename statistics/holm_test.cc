#include "statistics/holm.h"

#include <cstddef>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "statistics/golden.h"

namespace minidl {
namespace {

TEST(HolmTest, R) {
  for (const golden::Family& family : golden::kFamilies) {
    const std::vector<double> adjusted = HolmAdjusted(family.p_values);
    ASSERT_EQ(adjusted.size(), family.adjusted.size());
    for (size_t i = 0; i < adjusted.size(); ++i) {
      EXPECT_DOUBLE_EQ(adjusted[i], family.adjusted[i]) << i;
    }
  }
}

TEST(HolmTest, NoTests) { EXPECT_THAT(HolmAdjusted({}), testing::IsEmpty()); }

}  // namespace
}  // namespace minidl
