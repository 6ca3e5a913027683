#include "base/check.h"

#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(CheckTest, TrueDoesNothingAndDoesNotEvaluateTheMessage) {
  int evaluated = 0;
  MINIDL_CHECK(1 + 1 == 2, ++evaluated);
  EXPECT_EQ(evaluated, 0);
}

TEST(CheckDeathTest, FalseNamesPlaceConditionAndMessage) {
  const int size = 3;
  EXPECT_DEATH(MINIDL_CHECK(size == 4, "size is ", size),
               "check_test\\.cc:[0-9]+: check failed: size == 4: size is 3");
}

}  // namespace
}  // namespace minidl
