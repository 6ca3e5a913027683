#include "statistics/error_rate.h"

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

}  // namespace
}  // namespace minidl
