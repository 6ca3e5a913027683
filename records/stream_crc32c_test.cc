#include "records/stream_crc32c.h"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "records/crc32c.h"

namespace minidl {
namespace {

std::string RandomBytes(size_t size) {
  std::mt19937 random;
  std::string bytes;
  while (bytes.size() < size) bytes.push_back(static_cast<char>(random()));
  return bytes;
}

// Each as its own bytes give it, at every place of begin and end in a block,
// whether blocks have been skipped or are known from parts before.
TEST(StreamCrc32cTest, OverlappingParts) {
  const std::string stream = RandomBytes(200'000);
  std::mt19937 random;
  for (const size_t max_step : {100, 3'000, 30'000}) {
    StreamCrc32c crc;
    for (size_t begin = 0; begin < stream.size();
         begin += random() % max_step) {
      const absl::string_view rest = absl::string_view(stream).substr(begin);
      const absl::string_view part = rest.substr(0, random() % 50'000);
      ASSERT_EQ(crc.Of(static_cast<int64_t>(begin), part), Crc32c(part))
          << begin << " " << part.size();
    }
  }
}

TEST(StreamCrc32cTest, PartsThatMeetBlocks) {
  const std::string stream = RandomBytes(20'480);
  for (const size_t begin : {0, 1, 1023, 1024, 1025}) {
    for (const size_t end : {10'239, 10'240, 10'241, 20'480}) {
      StreamCrc32c crc;
      const absl::string_view part =
          absl::string_view(stream).substr(begin, end - begin);
      // The second time from what the first has left.
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(crc.Of(static_cast<int64_t>(begin), part), Crc32c(part))
            << begin << " " << end;
      }
    }
  }
}

// From any part on, one more costs at most what is left of two blocks.
TEST(StreamCrc32cTest, BytesAreChecksummedOnce) {
  const std::string stream = RandomBytes(1'000'000);
  const absl::string_view bytes = stream;
  StreamCrc32c crc;
  crc.Of(0, bytes);
  EXPECT_EQ(crc.num_bytes(), 1'000'000);
  for (int i = 1; i <= 1000; ++i) {
    crc.Of(10 * i, bytes.substr(10 * static_cast<size_t>(i)));
  }
  EXPECT_LE(crc.num_bytes(), 1'000'000 + 1000 * 2 * 1024);
}

}  // namespace
}  // namespace minidl
