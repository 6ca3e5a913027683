#include "data/npz_reader.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "data/npz.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// NumPy 1.24:
//
//   file = io.BytesIO()
//   numpy.savez_compressed(
//       file,
//       x=numpy.array([[1, 2.5, -3], [4, 5, 6]], '<f4'),
//       n=numpy.array([1, -2], '<i8'),
//       b=numpy.array([0, 255], 'u1'))
//   print(file.getvalue().hex())
std::string NumPyArchive() {
  return absl::HexStringToBytes(
      "504b0304140000000800000021005b01f25f5a0000009800000005001400782e6e707901"
      "00100098000000000000005a000000000000009bec17ea1b10c9c850c650ad9e925a9c5c"
      "a46ea5a06e9366a2aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416"
      "a402f91a463a0ac69a3a0ab50a64032e0686067b06060507060687034036905e00c4071c"
      "00504b0304140000000800000021009afbf5234b00000090000000050014006e2e6e7079"
      "0100100090000000000000004b000000000000009bec17ea1b10c9c850c650ad9e925a9c"
      "5ca46ea5a06e9369a1aea3a09e965f54529498179f5f94920a12774bcc294e058a176724"
      "16a402f91a463a9a3a0ab50a14002e460608f8f71f0200504b0304140000000800000021"
      "0082bd7285460000008200000005001400622e6e70790100100082000000000000004600"
      "0000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a05e536aa8aea3a09e96"
      "5f54529498179f5f94920a12774bcc294e058a17672416a402f91a463a9a3a0ab50a1400"
      "2e86ff00504b01021403140000000800000021005b01f25f5a0000009800000005000000"
      "0000000000000000800100000000782e6e7079504b01021403140000000800000021009a"
      "fbf5234b000000900000000500000000000000000000008001910000006e2e6e7079504b"
      "010214031400000008000000210082bd7285460000008200000005000000000000000000"
      "0000800113010000622e6e7079504b0506000000000300030099000000900100000000");
}

// A file with these contents in the running test's directory.
std::string FileOf(absl::string_view contents) {
  const std::string path = testing::TempDir() + "/test.npz";
  EXPECT_THAT(WriteFile(path, contents), IsOk());
  return path;
}

std::string ArchiveOf(const Tensor<float>& array) {
  NpzBuilder builder;
  builder.Add("a", array);
  return builder.Build().value();
}

absl::Status ReadA(absl::string_view contents) {
  absl::StatusOr<NpzReader> reader = NpzReader::Open(FileOf(contents));
  if (!reader.ok()) return reader.status();
  return reader->ReadFloats("a").status();
}

// Expects an archive to be refused in which the header of a 2×3 array of floats
// has `to` instead of `from`, of the same length.
void ExpectHeaderRefused(absl::string_view from, absl::string_view to,
                         absl::string_view message) {
  ASSERT_EQ(from.size(), to.size());
  const std::string archive =
      ArchiveOf(Tensor<float>({2, 3}, {1, 2, 3, 4, 5, 6}));
  const std::string changed = absl::StrReplaceAll(archive, {{from, to}});
  ASSERT_NE(changed, archive) << from;
  EXPECT_THAT(
      ReadA(changed),
      StatusIs(absl::StatusCode::kDataLoss,
               HasSubstr(absl::StrCat("/test.npz: array \"a\": ", message))));
}

TEST(NpzReaderTest, ReadsWhatNumPyCompresses) {
  const absl::StatusOr<NpzReader> reader =
      NpzReader::Open(FileOf(NumPyArchive()));
  ASSERT_THAT(reader, IsOk());
  EXPECT_THAT(reader->names(), ElementsAre("x", "n", "b"));
  EXPECT_TRUE(reader->Has("n"));
  EXPECT_FALSE(reader->Has("n.npy"));

  const absl::StatusOr<Tensor<float>> x = reader->ReadFloats("x");
  ASSERT_THAT(x, IsOk());
  EXPECT_EQ(x->shape(), (Shape{2, 3}));
  EXPECT_THAT(x->values(), ElementsAre(1, 2.5, -3, 4, 5, 6));
  const absl::StatusOr<Tensor<int64_t>> n = reader->ReadIntegers("n");
  ASSERT_THAT(n, IsOk());
  EXPECT_THAT(n->values(), ElementsAre(1, -2));
  const absl::StatusOr<Tensor<float>> b = reader->ReadFloats("b");
  ASSERT_THAT(b, IsOk());
  EXPECT_THAT(b->values(), ElementsAre(0, 255));
  EXPECT_THAT(reader->ReadFloats("n").value().values(), ElementsAre(1, -2));
  EXPECT_THAT(reader->ReadIntegers("b").value().values(), ElementsAre(0, 255));
}

TEST(NpzReaderTest, ReadsWhatNpzBuilderStores) {
  NpzBuilder builder;
  builder.Add("scalar", Tensor<int64_t>(Shape(), {7}));
  builder.Add("empty", Tensor<float>({0, 2}));
  builder.Add("row", Tensor<float>({1, 2}, {0.5, -0.0}));
  const absl::StatusOr<NpzReader> reader =
      NpzReader::Open(FileOf(builder.Build().value()));
  ASSERT_THAT(reader, IsOk());
  const absl::StatusOr<Tensor<int64_t>> scalar = reader->ReadIntegers("scalar");
  ASSERT_THAT(scalar, IsOk());
  EXPECT_EQ(scalar->shape(), Shape());
  EXPECT_THAT(scalar->values(), ElementsAre(7));
  const absl::StatusOr<Tensor<float>> empty = reader->ReadFloats("empty");
  ASSERT_THAT(empty, IsOk());
  EXPECT_EQ(empty->shape(), (Shape{0, 2}));
  EXPECT_THAT(reader->ReadFloats("row").value().values(),
              ElementsAre(0.5, -0.0));
}

TEST(NpzReaderTest, MissingArraysAreNamed) {
  const absl::StatusOr<NpzReader> reader =
      NpzReader::Open(FileOf(NumPyArchive()));
  ASSERT_THAT(reader, IsOk());
  EXPECT_THAT(reader->ReadFloats("y"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("/test.npz: there is no array \"y\"; expected "
                                 "one of x, n, b")));
}

TEST(NpzReaderTest, OtherTypesAreRefusedByName) {
  ExpectHeaderRefused("<f4", ">f4",
                      "the type is >f4; expected float32 (<f4), uint8");
  ExpectHeaderRefused("<f4", "<f8", "the type is <f8; expected float32");
  ExpectHeaderRefused("<f4", "|O1",
                      "the type is |O1, Python objects in a pickle; expected ");
  ExpectHeaderRefused("'<f4'", "[('a'", "expected a header of one number type");
  const absl::StatusOr<NpzReader> reader =
      NpzReader::Open(FileOf(NumPyArchive()));
  ASSERT_THAT(reader, IsOk());
  EXPECT_THAT(reader->ReadIntegers("x"),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("the type is <f4; expected uint8 (|u1) or "
                                 "int64 (<i8)")));
}

TEST(NpzReaderTest, WrongHeadersAreRefused) {
  ExpectHeaderRefused("False", "True ", "it is in Fortran order; expected C");
  ExpectHeaderRefused("(2, 3)", "(2, 4)",
                      "shape [2, 4] of <f4 needs 32 bytes; expected as many, "
                      "found 24");
  ExpectHeaderRefused("(2, 3)", "(2,-3)", "expected a header of one number");
  ExpectHeaderRefused("(2, 3), }", "999999999",
                      "expected a header of one number type");
  // 2 × 99999999999 elements, and a product that does not fit 64 bits.
  ExpectHeaderRefused("(2, 3), }          ", "(2, 99999999999), }",
                      "the shape is [2, 99999999999]; expected at most 8");
  ExpectHeaderRefused("(2, 3), }                     ",
                      "(99999999999, 99999999999,),} ",
                      "the shape is [99999999999, 99999999999]; expected");
  ExpectHeaderRefused("(2, 3), }                     ",
                      "(1, 1, 1, 1, 1, 1, 1, 2, 3)}  ",
                      "the shape is [1, 1, 1, 1, 1, 1, 1, 2, 3]; expected at");
  ExpectHeaderRefused("descr", "descx", "expected a header of one number");
  ExpectHeaderRefused("\x93NUMPY\x01", "\x93NUMPY\x04",
                      "the .npy format version is 4; expected 1, 2 or 3");
  ExpectHeaderRefused("\x93NUMPY", "\x93NUMPI",
                      "expected the format of numpy.save, found the bytes ");
}

TEST(NpzReaderTest, CorruptElementsAreRefused) {
  const std::string elements("\x00\x00\x80\x3f\x00\x00\x00\x40", 8);
  const std::string archive = ArchiveOf(Tensor<float>({2}, {1, 2}));
  ASSERT_THAT(archive, HasSubstr(elements));
  EXPECT_THAT(
      ReadA(absl::StrReplaceAll(
          archive,
          {{elements, std::string("\x00\x00\x80\x3f\x00\x00\x00\x41", 8)}})),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("CRC error")));
}

TEST(NpzReaderTest, TruncationsAreRefused) {
  const std::string archive = NumPyArchive();
  for (size_t size = 0; size < archive.size(); size += 3) {
    EXPECT_THAT(NpzReader::Open(FileOf(archive.substr(0, size))),
                StatusIs(absl::StatusCode::kDataLoss,
                         HasSubstr("/test.npz: expected an .npz archive")))
        << size;
  }
}

TEST(NpzReaderTest, OtherFilesAreRefused) {
  EXPECT_THAT(ReadA("P5 1 1 255\nx"),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("/test.npz: expected an .npz archive of "
                                 "NumPy, as numpy.savez writes it, found the "
                                 "bytes \"P5 1 1 255\\nx\"")));
  EXPECT_THAT(NpzReader::Open("/none.npz"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none.npz")));
}

}  // namespace
}  // namespace minidl
