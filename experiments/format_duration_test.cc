#include "experiments/format_duration.h"

#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(FormatDurationTest, HasTwoUnitsAtMost) {
  EXPECT_EQ(FormatDuration(-1), "0 s");
  EXPECT_EQ(FormatDuration(0.2), "1 s");
  EXPECT_EQ(FormatDuration(59), "59 s");
  EXPECT_EQ(FormatDuration(59.5), "1 min 00 s");
  EXPECT_EQ(FormatDuration(125), "2 min 05 s");
  EXPECT_EQ(FormatDuration(2 * 3600 + 7 * 60), "2 h 07 min");
}

}  // namespace
}  // namespace minidl
