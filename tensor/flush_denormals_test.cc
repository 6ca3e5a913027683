#include "tensor/flush_denormals.h"

#include <limits>
#include <thread>

#include "gtest/gtest.h"
#include "tensor/flush_denormals_testutil.h"

namespace minidl {
namespace {

TEST(FlushDenormalsTest, ResultsAndOperandsAreZeroWhileItLives) {
  EXPECT_FALSE(FlushesResults());
  EXPECT_FALSE(FlushesOperands());
  {
    const FlushDenormals flush_denormals;
    EXPECT_TRUE(FlushesResults());
    EXPECT_TRUE(FlushesOperands());
  }
  EXPECT_FALSE(FlushesResults());
  EXPECT_FALSE(FlushesOperands());
}

TEST(FlushDenormalsTest, NestedOnesEndWithTheOuter) {
  const FlushDenormals outer;
  { const FlushDenormals inner; }
  EXPECT_TRUE(FlushesResults());
  EXPECT_TRUE(FlushesOperands());
}

TEST(FlushDenormalsTest, OtherThreadsKeepTheirMode) {
  bool other_flushes = false;
  std::thread other([&other_flushes] {
    const FlushDenormals flush_denormals;
    other_flushes = FlushesResults() && FlushesOperands();
  });
  other.join();
  EXPECT_TRUE(other_flushes);
  EXPECT_FALSE(FlushesResults());
}

TEST(FlushDenormalsTest, NormalNumbersAreAsEver) {
  volatile float smallest = std::numeric_limits<float>::min();
  volatile float three = 3;
  const float expected[] = {smallest * 1, 1 / three};
  const FlushDenormals flush_denormals;
  EXPECT_EQ(smallest * 1, expected[0]);
  EXPECT_GT(smallest, 0);
  EXPECT_EQ(1 / three, expected[1]);
}

}  // namespace
}  // namespace minidl
