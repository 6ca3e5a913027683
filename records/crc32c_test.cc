#include "records/crc32c.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

// Both ways to compute it.
class Crc32cTest
    : public testing::TestWithParam<uint32_t (*)(absl::string_view)> {
 protected:
  uint32_t Crc(absl::string_view bytes) const { return GetParam()(bytes); }
};

INSTANTIATE_TEST_SUITE_P(Ways, Crc32cTest,
                         testing::Values(Crc32c, PortableCrc32c));

// RFC 3720, appendix B.4. It lists the checksum's bytes in the order in which
// they are sent, low byte first.
TEST_P(Crc32cTest, Rfc3720Vectors) {
  std::string ascending;
  for (char c = 0; c < 32; ++c) ascending.push_back(c);
  const std::string descending(ascending.rbegin(), ascending.rend());

  EXPECT_EQ(Crc(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(Crc(ascending), 0x46dd794eu);
  EXPECT_EQ(Crc(descending), 0x113fdb5cu);
  // An iSCSI SCSI Read (10) command.
  EXPECT_EQ(Crc(absl::HexStringToBytes("01c00000000000000000000000000000"
                                       "14000000000004000000001400000018"
                                       "28000000000000000200000000000000")),
            0xd9963a56u);
}

// The "check" value by which catalogues of checksums tell CRCs apart.
TEST_P(Crc32cTest, CheckValue) { EXPECT_EQ(Crc("123456789"), 0xe3069283u); }

TEST_P(Crc32cTest, Empty) { EXPECT_EQ(Crc(""), 0u); }

// Every number of bytes behind the last whole word, from every alignment.
TEST(Crc32cWaysTest, AgreeOnAllLengths) {
  std::string bytes;
  for (int i = 0; i < 100; ++i) bytes.push_back(static_cast<char>(i * 37));
  for (size_t begin = 0; begin < 8; ++begin) {
    for (size_t size = 0; begin + size <= bytes.size(); ++size) {
      const absl::string_view part =
          absl::string_view(bytes).substr(begin, size);
      EXPECT_EQ(Crc32c(part), PortableCrc32c(part)) << begin << " " << size;
    }
  }
}

TEST(CombineCrc32cTest, IsThatOfTheWhole) {
  std::string bytes;
  for (int64_t i = 0; i < 300'000; ++i) {
    bytes.push_back(static_cast<char>(i * i / 7));
  }
  const absl::string_view whole = bytes;
  for (const size_t first_size : {0, 1, 7, 1000, 299'999, 300'000}) {
    EXPECT_EQ(CombineCrc32c(Crc32c(whole.substr(0, first_size)),
                            Crc32c(whole.substr(first_size)),
                            whole.size() - first_size),
              Crc32c(whole))
        << first_size;
  }
}

}  // namespace
}  // namespace minidl
