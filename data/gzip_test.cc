#include "data/gzip.h"

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr size_t kPlenty = 10'000'000;
constexpr char kHello[] = "hello, hello, hello\n";

// printf 'hello, hello, hello\n' | gzip -n9 | xxd -p
std::string GzippedHello() {
  return absl::HexStringToBytes(
      "1f8b0800000000000203cb48cdc9c9d751c840a2b800e7426e5214000000");
}

// head -c 1000000 /dev/zero | gzip -n9 | xxd -p: a thousandth of what it holds.
std::string GzippedMillionZeros() {
  return absl::StrCat(absl::HexStringToBytes(
                          "1f8b0800000000000203edc101010000008220ffaf6e484001"),
                      std::string(968, '\0'),
                      absl::HexStringToBytes("af069ecb791240420f00"));
}

TEST(GzipTest, RecognisesGzipByItsFirstTwoBytes) {
  EXPECT_TRUE(IsGzip(GzippedHello()));
  EXPECT_FALSE(IsGzip(""));
  EXPECT_FALSE(IsGzip("\x1f"));
  EXPECT_FALSE(IsGzip("PK\x03\x04"));
}

TEST(GzipTest, Decompresses) {
  EXPECT_THAT(Gunzip(GzippedHello(), "f", kPlenty), IsOkAndHolds(kHello));
  EXPECT_THAT(Gunzip(GzippedMillionZeros(), "f", kPlenty),
              IsOkAndHolds(std::string(1'000'000, '\0')));
}

TEST(GzipTest, DecompressesMembersInARow) {
  EXPECT_THAT(
      Gunzip(absl::StrCat(GzippedHello(), GzippedHello()), "f", kPlenty),
      IsOkAndHolds(absl::StrCat(kHello, kHello)));
}

TEST(GzipTest, StopsAtTheMaximum) {
  EXPECT_THAT(Gunzip(GzippedHello(), "f", 3), IsOkAndHolds("hel"));
  EXPECT_THAT(Gunzip(GzippedHello(), "f", 0), IsOkAndHolds(""));
  for (const size_t size : {1u, 65'535u, 65'536u, 65'537u, 999'999u}) {
    EXPECT_THAT(Gunzip(GzippedMillionZeros(), "f", size),
                IsOkAndHolds(std::string(size, '\0')));
  }
}

TEST(GzipTest, EveryTruncationIsNoticed) {
  const std::string whole = GzippedHello();
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(
        Gunzip(whole.substr(0, size), "dir/f.gz", kPlenty),
        StatusIs(absl::StatusCode::kDataLoss,
                 AllOf(StartsWith("dir/f.gz: the gzip data are cut short"),
                       HasSubstr(absl::StrCat("at byte ", size, " of")))));
  }
}

// The first ten bytes say how and when the data were compressed, and have no
// checksum; all that follow count.
TEST(GzipTest, EveryFlippedBitInTheDataIsNoticed) {
  constexpr size_t kHeaderSize = 10;
  const std::string whole = GzippedHello();
  for (size_t bit = 8 * kHeaderSize; bit < 8 * whole.size(); ++bit) {
    std::string corrupt = whole;
    corrupt[bit / 8] = static_cast<char>(corrupt[bit / 8] ^ 1 << bit % 8);
    EXPECT_THAT(Gunzip(corrupt, "f", kPlenty),
                StatusIs(absl::StatusCode::kDataLoss, StartsWith("f: ")))
        << "bit " << bit;
  }
}

TEST(GzipTest, SaysWhatIsCorrupt) {
  std::string corrupt = GzippedHello();
  corrupt[corrupt.size() - 8] ^= 1;  // The checksum.
  EXPECT_THAT(
      Gunzip(corrupt, "f", kPlenty),
      StatusIs(absl::StatusCode::kDataLoss,
               "f: corrupt gzip data (incorrect data check) at byte 26 of the "
               "compressed file (byte 20 decompressed)"));
}

TEST(GzipTest, WhatFollowsTheDataIsAnError) {
  EXPECT_THAT(
      Gunzip(absl::StrCat(GzippedHello(), "more"), "f", kPlenty),
      StatusIs(absl::StatusCode::kDataLoss,
               AllOf(StartsWith("f: the gzip data end, but the file goes on"),
                     HasSubstr("at byte 30 of"))));
}

}  // namespace
}  // namespace minidl
