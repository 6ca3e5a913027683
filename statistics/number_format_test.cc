#include "statistics/number_format.h"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(NumberFormatTest, Fixed) {
  EXPECT_EQ(FormatFixed(16.5, 2), "16.50");
  EXPECT_EQ(FormatFixed(0.0349, 2), "0.03");
  EXPECT_EQ(FormatFixed(99.999, 2), "100.00");
  EXPECT_EQ(FormatFixed(12, 0), "12");
  EXPECT_EQ(FormatFixed(std::nullopt, 2), "n/a");
  EXPECT_EQ(FormatFixed(std::numeric_limits<double>::quiet_NaN(), 2), "nan");
}

TEST(NumberFormatTest, Signed) {
  EXPECT_EQ(FormatSigned(16.5, 2), "+16.50");
  EXPECT_EQ(FormatSigned(-0.255, 1), "-0.3");
  EXPECT_EQ(FormatSigned(0, 2), "0.00");
  EXPECT_EQ(FormatSigned(std::nullopt, 2), "n/a");
}

TEST(NumberFormatTest, Probability) {
  EXPECT_EQ(FormatProbability(1), "1");
  EXPECT_EQ(FormatProbability(0.5), "0.5");
  EXPECT_EQ(FormatProbability(0.001953125), "0.00195");
  EXPECT_EQ(FormatProbability(0.0496), "0.0496");
  EXPECT_EQ(FormatProbability(0.0001), "0.0001");
  EXPECT_EQ(FormatProbability(0.00009), "<0.0001");
  EXPECT_EQ(FormatProbability(0), "<0.0001");
  EXPECT_EQ(FormatProbability(std::nullopt), "n/a");
}

TEST(NumberFormatTest, ValuesThatAreThere) {
  EXPECT_EQ(ValueIf(true, 0), std::optional<double>(0));
  EXPECT_EQ(ValueIf(false, 5), std::nullopt);
}

TEST(NumberFormatTest, FixedOfTheLargestNumber) {
  const std::string text = FormatFixed(-std::numeric_limits<double>::max(), 20);
  EXPECT_EQ(text.size(), 1u + 309 + 1 + 20);
}

TEST(NumberFormatTest, Count) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1000), "1,000");
  EXPECT_EQ(FormatCount(70'342), "70,342");
  EXPECT_EQ(FormatCount(-123'456), "-123,456");
  EXPECT_EQ(FormatCount(std::numeric_limits<int64_t>::min()),
            "-9,223,372,036,854,775,808");
}

TEST(NumberFormatTest, ExactIsShortAndReadsBack) {
  EXPECT_EQ(FormatExact(0.1), "0.1");
  EXPECT_EQ(FormatExact(16), "16");
  EXPECT_EQ(FormatExact(1.0 / 3), "0.3333333333333333");
  for (const double value :
       {0.1 + 0.2, 16.3 / 7, std::numeric_limits<double>::min(),
        -std::numeric_limits<double>::min(),
        -std::numeric_limits<double>::denorm_min()}) {
    EXPECT_EQ(std::strtod(FormatExact(value).c_str(), nullptr), value);
  }
}

TEST(NumberFormatTest, Scaled) {
  EXPECT_EQ(FormatScaled(0), "0");
  EXPECT_EQ(FormatScaled(999), "999");
  EXPECT_EQ(FormatScaled(1000), "1.00 k");
  EXPECT_EQ(FormatScaled(9'994), "9.99 k");
  EXPECT_EQ(FormatScaled(9'996), "10.0 k");
  EXPECT_EQ(FormatScaled(12'345), "12.3 k");
  EXPECT_EQ(FormatScaled(99'949), "99.9 k");
  EXPECT_EQ(FormatScaled(99'960), "100 k");
  EXPECT_EQ(FormatScaled(999'499), "999 k");
  EXPECT_EQ(FormatScaled(999'500), "1.00 M");
  EXPECT_EQ(FormatScaled(5'000'000'000'000'000), "5000 T");
}

TEST(NumberFormatTest, Bytes) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(1023), "1023 B");
  EXPECT_EQ(FormatBytes(1024), "1.00 KiB");
  EXPECT_EQ(FormatBytes(40'140), "39.2 KiB");
  EXPECT_EQ(FormatBytes(1'024'000), "1000 KiB");
  EXPECT_EQ(FormatBytes(1 << 20), "1.00 MiB");
}

}  // namespace
}  // namespace minidl
