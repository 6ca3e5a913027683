#include "statistics/median.h"

#include <limits>

#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(MedianTest, OddAndEven) {
  EXPECT_EQ(Median({5}), 5);
  EXPECT_EQ(Median({9, 1}), 5);
  EXPECT_EQ(Median({9, 1, 2}), 2);
  EXPECT_EQ(Median({4, 9, 1, 2}), 3);
  EXPECT_EQ(Median({2, 2, 2, 1, 9, 2}), 2);
}

TEST(MedianTest, OfTheLargestNumbers) {
  const double max = std::numeric_limits<double>::max();
  EXPECT_EQ(Median({max, max}), max);
}

TEST(MedianDeathTest, NoValues) { EXPECT_DEATH(Median({}), "no values"); }

}  // namespace
}  // namespace minidl
