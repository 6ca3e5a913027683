#include "records/crc32c.h"

#include <string>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

// RFC 3720, appendix B.4. It lists the checksum's bytes in the order in which
// they are sent, low byte first.
TEST(Crc32cTest, Rfc3720Vectors) {
  std::string ascending;
  for (char c = 0; c < 32; ++c) ascending.push_back(c);
  const std::string descending(ascending.rbegin(), ascending.rend());

  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(Crc32c(ascending), 0x46dd794eu);
  EXPECT_EQ(Crc32c(descending), 0x113fdb5cu);
  // An iSCSI SCSI Read (10) command.
  EXPECT_EQ(Crc32c(absl::HexStringToBytes("01c00000000000000000000000000000"
                                          "14000000000004000000001400000018"
                                          "28000000000000000200000000000000")),
            0xd9963a56u);
}

// The "check" value by which catalogues of checksums tell CRCs apart.
TEST(Crc32cTest, CheckValue) { EXPECT_EQ(Crc32c("123456789"), 0xe3069283u); }

TEST(Crc32cTest, Empty) { EXPECT_EQ(Crc32c(""), 0u); }

}  // namespace
}  // namespace minidl
