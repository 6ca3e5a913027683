#include "records/frame.h"

#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

// Derived by hand from the format's definition and a CRC-32C computed bit by
// bit in Python; interchange_test.py checks more against such a program.
TEST(FrameTest, GoldenBytes) {
  EXPECT_EQ(absl::BytesToHexString(Frame("")),
            "000000000000000029039807d8ea82a2");
  EXPECT_EQ(absl::BytesToHexString(Frame("123456789")),
            "090000000000000037f97139313233343536373839e5b08ac7");
}

TEST(FrameTest, HeaderGivesTheLength) {
  const std::string payload(70'000, 'x');
  const std::string frame = Frame(payload);
  ASSERT_EQ(frame.size(), kFrameHeaderSize + 70'000 + kFrameFooterSize);
  EXPECT_EQ(PayloadLength(frame.substr(0, kFrameHeaderSize)), 70'000u);
  const std::string footer = frame.substr(kFrameHeaderSize + 70'000);
  EXPECT_TRUE(FooterMatches(footer, payload));
}

TEST(FrameTest, WrongChecksumsDoNotMatch) {
  std::string header = Frame("abc").substr(0, kFrameHeaderSize);
  header[0] = 4;
  EXPECT_EQ(PayloadLength(header), std::nullopt);
  const std::string footer = Frame("abc").substr(kFrameHeaderSize + 3);
  EXPECT_FALSE(FooterMatches(footer, "abd"));
}

// Why the CRC is masked: a file full of zeros is no sequence of empty records.
TEST(FrameTest, ZerosAreNoHeader) {
  EXPECT_EQ(PayloadLength(std::string(kFrameHeaderSize, '\0')), std::nullopt);
}

}  // namespace
}  // namespace minidl
