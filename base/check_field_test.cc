#include "base/check_field.h"

#include <limits>
#include <string>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

auto IsMistake(const std::string& message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, message);
}

TEST(CheckFieldTest, Counts) {
  EXPECT_THAT(CheckCount("a.b", 1), IsOk());
  EXPECT_THAT(CheckCount("a.b", 1'000'000), IsOk());
  EXPECT_THAT(CheckCount("a.b", 0), IsMistake("a.b is 0; expected at least 1"));
  EXPECT_THAT(CheckCount("a.b", 1'000'001),
              IsMistake("a.b is 1000001; expected at most 1000000"));
}

TEST(CheckFieldTest, PositiveNumbers) {
  EXPECT_THAT(CheckPositive("a", 1e-9), IsOk());
  EXPECT_THAT(CheckPositive("a", 0),
              IsMistake("a is 0; expected a positive number"));
  EXPECT_FALSE(CheckPositive("a", kInfinity).ok());
  EXPECT_FALSE(CheckPositive("a", kNan).ok());
}

TEST(CheckFieldTest, NumbersThatMayBe0) {
  EXPECT_THAT(CheckNotNegative("a", 0), IsOk());
  EXPECT_THAT(CheckNotNegative("a", 7), IsOk());
  EXPECT_THAT(CheckNotNegative("a", -1),
              IsMistake("a is -1; expected 0 or a positive number"));
  EXPECT_FALSE(CheckNotNegative("a", kInfinity).ok());
  EXPECT_FALSE(CheckNotNegative("a", kNan).ok());
}

TEST(CheckFieldTest, Fractions) {
  EXPECT_THAT(CheckFraction("a", 0), IsOk());
  EXPECT_THAT(CheckFraction("a", 0.99), IsOk());
  EXPECT_THAT(CheckFraction("a", 1),
              IsMistake("a is 1; expected at least 0 and less than 1"));
  EXPECT_FALSE(CheckFraction("a", -0.1).ok());
  EXPECT_FALSE(CheckFraction("a", kNan).ok());
}

}  // namespace
}  // namespace minidl
