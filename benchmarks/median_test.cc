#include "benchmarks/median.h"

#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(MedianTest, OfAnOddNumberIsTheMiddleOne) {
  EXPECT_EQ(Median({3}), 3);
  EXPECT_EQ(Median({5, 1, 100}), 5);
}

TEST(MedianTest, OfAnEvenNumberIsTheMeanOfTheMiddleTwo) {
  EXPECT_EQ(Median({8, 1, 100, 2}), 5);
}

TEST(MedianDeathTest, OfNothingIsAMistake) {
  EXPECT_DEATH(Median({}), "Median of nothing");
}

}  // namespace
}  // namespace minidl
