#include "statistics/error_rate.h"

#include <cmath>
#include <optional>

#include "gtest/gtest.h"
#include "proto/run_record.pb.h"

namespace minidl {
namespace {

TEST(ErrorRateTest, Percent) {
  proto::ErrorCount count;
  count.set_wrong(165);
  count.set_total(1000);
  EXPECT_EQ(ErrorPercent(count), 16.5);
}

TEST(ErrorRateTest, NothingWrongIsNotNothing) {
  proto::ErrorCount count;
  count.set_total(7);
  EXPECT_EQ(ErrorPercent(count), 0.0);
}

TEST(ErrorRateTest, CountsThatARecordDoesNotHave) {
  const proto::RunRecord record;
  EXPECT_EQ(ErrorPercent(record.errors().test_digits()), std::nullopt);
}

// 1,000 fair coins: sqrt(1000 / 4) heads.
TEST(ErrorRateTest, BinomialDeviation) {
  EXPECT_DOUBLE_EQ(BinomialDeviation(50, 1000), std::sqrt(250) / 10);
  EXPECT_DOUBLE_EQ(BinomialDeviation(10, 100), 3);
  EXPECT_EQ(BinomialDeviation(0, 1000), 0);
  EXPECT_EQ(BinomialDeviation(100, 1000), 0);
}

TEST(ErrorRateDeathTest, BinomialDeviationOfNothing) {
  EXPECT_DEATH(BinomialDeviation(50, 0), "0 answers");
}

}  // namespace
}  // namespace minidl
