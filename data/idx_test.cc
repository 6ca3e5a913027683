#include "data/idx.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// A file of shape [2, 3] up to its elements.
constexpr char kHeaderHex[] = "00000802 00000002 00000003";

// The bytes that are written as hexadecimal numbers, with or without spaces.
std::string Hex(absl::string_view numbers) {
  std::string digits;
  for (const char c : numbers) {
    if (c != ' ') digits.push_back(c);
  }
  return absl::HexStringToBytes(digits);
}

std::string SmallFile() { return absl::StrCat(Hex(kHeaderHex), "abcdef"); }

// printf '\0\0\x08\x02\0\0\0\x02\0\0\0\x03abcdef' | gzip -n9 | xxd -p
std::string GzippedSmallFile() {
  return Hex(
      "1f8b08000000000002036360e0606260600061e6c4a4e494d4340083da462f12000000");
}

void ExpectSmall(const absl::StatusOr<Tensor<uint8_t>>& tensor) {
  ASSERT_THAT(tensor, IsOk());
  EXPECT_EQ(tensor->shape(), (Shape{2, 3}));
  EXPECT_THAT(tensor->values(), ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
}

// Expects `bytes` to be refused with a message that starts with `message`
// after the file's name.
void ExpectRefused(absl::string_view bytes, absl::string_view message) {
  EXPECT_THAT(ParseIdx(bytes, "dir/f"),
              StatusIs(absl::StatusCode::kDataLoss,
                       StartsWith(absl::StrCat("dir/f: ", message))));
}

TEST(IdxTest, Parses) { ExpectSmall(ParseIdx(SmallFile(), "f")); }

TEST(IdxTest, ParsesGzip) { ExpectSmall(ParseIdx(GzippedSmallFile(), "f")); }

TEST(IdxTest, ReadsAFileWhateverItsName) {
  const std::string path = absl::StrCat(testing::TempDir(), "/small");
  ASSERT_THAT(WriteFile(path, GzippedSmallFile()), IsOk());
  ExpectSmall(ReadIdx(path));
  ASSERT_THAT(WriteFile(absl::StrCat(path, ".gz"), SmallFile()), IsOk());
  ExpectSmall(ReadIdx(absl::StrCat(path, ".gz")));
}

TEST(IdxTest, MissingFileIsNotFound) {
  EXPECT_THAT(ReadIdx("/nonexistent/f"), StatusIs(absl::StatusCode::kNotFound,
                                                  HasSubstr("/nonexistent/f")));
}

TEST(IdxTest, SizesAreBigEndian) {
  const auto tensor = ParseIdx(
      absl::StrCat(Hex("00000801 00000102"), std::string(258, 'x')), "f");
  ASSERT_THAT(tensor, IsOk());
  EXPECT_EQ(tensor->shape(), (Shape{258}));
}

TEST(IdxTest, NoElements) {
  const auto tensor = ParseIdx(Hex("00000802 00000000 0000001c"), "f");
  ASSERT_THAT(tensor, IsOk());
  EXPECT_EQ(tensor->shape(), (Shape{0, 28}));
  EXPECT_THAT(tensor->values(), IsEmpty());
}

TEST(IdxTest, OtherFiles) {
  ExpectRefused("",
                "byte 0 (magic number): expected two zero bytes, found an "
                "empty file");
  ExpectRefused("<!DOCTYPE html>\n<html>",
                "byte 0 (magic number): expected two zero bytes, found "
                "\"<!DOCTYPE html>\\n<html>\": a web page");
  ExpectRefused("PK\x03\x04",
                "byte 0 (magic number): expected two zero bytes, found "
                "\"PK\\x03\\x04\"");
}

TEST(IdxTest, ElementTypes) {
  ExpectRefused(Hex("00000d01 00000001 00000000"),
                "byte 2 (element type): expected 0x08 (unsigned byte), found "
                "0x0d (float)");
  ExpectRefused(Hex("00000001 00000001 00000000"),
                "byte 2 (element type): expected 0x08 (unsigned byte), found "
                "0x00 (not a type of IDX)");
}

TEST(IdxTest, NoDimensions) {
  ExpectRefused(Hex("00000800 61"),
                "byte 3 (number of dimensions): expected 1 to 8, found 0");
}

TEST(IdxTest, EveryTruncationIsNoticed) {
  const std::string whole = SmallFile();
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(ParseIdx(whole.substr(0, size), "dir/f"),
                StatusIs(absl::StatusCode::kDataLoss, StartsWith("dir/f: ")))
        << size << " bytes";
  }
  ExpectRefused(
      whole.substr(0, 3),
      "byte 3 (magic number): expected 4 bytes, found the end of the file");
  ExpectRefused(whole.substr(0, 10),
                "byte 8 (size of dimension 1 of 2): expected 4 bytes, found "
                "the end of the file after 2");
  ExpectRefused(whole.substr(0, 17),
                "byte 17 (data): expected 6 bytes from byte 12 on, for shape "
                "[2, 3], found the end of the file after 5");
}

TEST(IdxTest, SurplusBytes) {
  ExpectRefused(absl::StrCat(SmallFile(), "g"),
                "byte 18 (data): expected the end of the file after shape "
                "[2, 3], found more bytes");
}

// Sizes whose product would not fit in 64 bits, or in memory.
TEST(IdxTest, HugeSizesAreRefused) {
  ExpectRefused(Hex("00000802 ffffffff ffffffff"),
                "byte 4 (size of dimension 0 of 2): expected at most "
                "1073741824 elements in all, found sizes 4294967295");
  ExpectRefused(Hex("00000803 00010000 00004000 00000002"),
                "byte 12 (size of dimension 2 of 3): expected at most "
                "1073741824 elements in all, found sizes 65536 x 16384 x 2");
  // Empty, but only after a product that does not fit.
  ExpectRefused(Hex("00000804 00000000 ffffffff ffffffff ffffffff"),
                "byte 8 (size of dimension 1 of 4): expected at most");
  // The largest that may be is read, if it is there.
  ExpectRefused(Hex("00000801 40000000 61"),
                "byte 9 (data): expected 1073741824 bytes from byte 8 on");
}

TEST(IdxTest, MistakesInGzippedFilesAreAtTheDecompressedByte) {
  // The printf above, with abcde and with abcdefg.
  ExpectRefused(
      Hex("1f8b08000000000002036360e0606260600061e6c4a4e49454007c74cc2611000000"
          ""),
      "byte 17 (data): expected 6 bytes from byte 12 on, for shape [2, 3], "
      "found the end of the file after 5");
  ExpectRefused(
      Hex("1f8b08000000000002036360e0606260600061e6c4a4e494d4b47400368f4a751300"
          "0000"),
      "byte 18 (data): expected the end of the file after shape [2, 3], found "
      "more bytes");
}

TEST(IdxTest, CorruptGzip) {
  std::string corrupt = GzippedSmallFile();
  corrupt[corrupt.size() - 8] ^= 1;  // The checksum.
  EXPECT_THAT(ParseIdx(corrupt, "dir/f"),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(StartsWith("dir/f: corrupt gzip data"),
                             HasSubstr("incorrect data check"))));
  const std::string whole = GzippedSmallFile();
  ExpectRefused(whole.substr(0, whole.size() - 1),
                "the gzip data are cut short");
}

TEST(IdxTest, GzippedTwice) {
  // The printf above, through gzip -n9 | gzip -n9.
  ExpectRefused(
      Hex("1f8b080000000000020393efe660000126e6e48407094909090c89cf8e2c7932e58a"
          "0943f32d377d21a0240088265e3523000000"),
      "byte 0 (magic number): expected two zero bytes, found gzip data in gzip "
      "data: the file was gzipped twice");
}

// A megabyte that holds a gigabyte, after a header that announces six bytes.
TEST(IdxTest, GzipBombIsNotDecompressed) {
  // printf '\0\0\x08\x02\0\0\0\x02\0\0\0\x03' | gzip -n9 | xxd -p
  std::string bomb =
      Hex("1f8b08000000000002036360e06062606000616600c7ac3da50c000000");
  // head -c 1000000 /dev/zero | gzip -n9 | xxd -p
  const std::string million_zeros =
      absl::StrCat(Hex("1f8b0800000000000203edc101010000008220ffaf6e484001"),
                   std::string(968, '\0'), Hex("af069ecb791240420f00"));
  for (int i = 0; i < 1000; ++i) bomb += million_zeros;
  ExpectRefused(bomb, "byte 18 (data): expected the end of the file");
}

}  // namespace
}  // namespace minidl
