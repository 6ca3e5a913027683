#include "data/image_file.h"

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

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

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Bytes from numbers, for string literals with zeros.
std::string Bytes(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes.push_back(static_cast<char>(value));
  return bytes;
}

std::string BigEndian32(size_t value) {
  return Bytes({static_cast<int>(value >> 24 & 0xff),
                static_cast<int>(value >> 16 & 0xff),
                static_cast<int>(value >> 8 & 0xff),
                static_cast<int>(value & 0xff)});
}

// PNG files after the specification (https://www.w3.org/TR/png/), written
// without libpng.
std::string Chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const uLong crc = crc32(0, reinterpret_cast<const Bytef*>(body.data()),
                          static_cast<uInt>(body.size()));
  return absl::StrCat(BigEndian32(data.size()), body, BigEndian32(crc));
}

constexpr int kGrey = 0, kRgb = 2, kPalette = 3, kGreyAlpha = 4, kRgba = 6;

// `scanlines` start with a 0, for no filter, each. `chunks` stand before them.
std::string Png(size_t height, size_t width, int bits, int color_type,
                const std::string& scanlines, const std::string& chunks = "",
                int interlace = 0) {
  uLongf size = compressBound(static_cast<uLong>(scanlines.size()));
  std::string compressed(size, '\0');
  EXPECT_EQ(compress(reinterpret_cast<Bytef*>(compressed.data()), &size,
                     reinterpret_cast<const Bytef*>(scanlines.data()),
                     static_cast<uLong>(scanlines.size())),
            Z_OK);
  compressed.resize(size);
  return absl::StrCat(
      "\x89PNG\r\n\x1a\n",
      Chunk("IHDR", absl::StrCat(BigEndian32(width), BigEndian32(height),
                                 Bytes({bits, color_type, 0, 0, interlace}))),
      chunks, Chunk("IDAT", compressed), Chunk("IEND", ""));
}

std::string SmallPng() {
  return Png(2, 3, 8, kGrey, Bytes({0, 0, 1, 2, 0, 128, 254, 255}));
}

// On black.
Tensor<float> Parsed(absl::string_view bytes, float background = 0) {
  absl::StatusOr<Tensor<float>> image = ParseImage(bytes, "f", background);
  EXPECT_THAT(image, IsOk());
  return image.ok() ? *std::move(image) : Tensor<float>();
}

void ExpectRefused(absl::string_view bytes, const std::string& message) {
  EXPECT_THAT(ParseImage(bytes, "dir/f", 0),
              StatusIs(absl::StatusCode::kDataLoss,
                       StartsWith(absl::StrCat("dir/f: ", message))));
}

TEST(ImageFileTest, GreyOf8BitsStaysAsItIs) {
  const Tensor<float> image = Parsed(SmallPng());
  EXPECT_EQ(image.shape(), (Shape{2, 3}));
  EXPECT_THAT(image.values(), ElementsAre(0, 1, 2, 128, 254, 255));
}

TEST(ImageFileTest, GreyOfOtherDepthsIsScaled) {
  EXPECT_THAT(Parsed(Png(1, 5, 1, kGrey, Bytes({0, 0b10110000}))).values(),
              ElementsAre(255, 0, 255, 255, 0));
  EXPECT_THAT(Parsed(Png(1, 4, 2, kGrey, Bytes({0, 0b00011011}))).values(),
              ElementsAre(0, 85, 170, 255));
  EXPECT_THAT(Parsed(Png(1, 2, 4, kGrey, Bytes({0, 0x1f}))).values(),
              ElementsAre(17, 255));
  EXPECT_THAT(
      Parsed(Png(1, 3, 16, kGrey, Bytes({0, 0, 128, 1, 1, 255, 255}))).values(),
      ElementsAre(128 / 257.0f, 1, 255));
}

TEST(ImageFileTest, ColoursBecomeTheirLuma) {
  // The weights of ITU-R BT.601 are 0.299, 0.587 and 0.114.
  EXPECT_THAT(
      Parsed(Png(1, 3, 8, kRgb, Bytes({0, 255, 0, 0, 0, 255, 0, 0, 0, 255})))
          .values(),
      ElementsAre(FloatNear(0.299f * 255, 0.002f),
                  FloatNear(0.587f * 255, 0.002f),
                  FloatNear(0.114f * 255, 0.002f)));
  // Grey in colour is the same grey.
  for (const int value : {1, 77, 201, 255}) {
    EXPECT_THAT(
        Parsed(Png(1, 1, 8, kRgb, Bytes({0, value, value, value}))).values(),
        ElementsAre(value));
  }
  EXPECT_THAT(
      Parsed(Png(1, 1, 16, kRgb, Bytes({0, 1, 1, 1, 1, 1, 1}))).values(),
      ElementsAre(1));
}

TEST(ImageFileTest, PalettesAreLookedUp) {
  const std::string palette =
      Chunk("PLTE", Bytes({10, 10, 10, 255, 255, 255, 200, 200, 200}));
  EXPECT_THAT(
      Parsed(Png(1, 3, 8, kPalette, Bytes({0, 2, 0, 1}), palette)).values(),
      ElementsAre(200, 10, 255));
  EXPECT_THAT(
      Parsed(Png(1, 4, 2, kPalette, Bytes({0, 0b10000110}), palette)).values(),
      ElementsAre(200, 10, 255, 200));
  // The first colour is transparent, the second half so.
  const std::string transparent = palette + Chunk("tRNS", Bytes({0, 51}));
  EXPECT_THAT(Parsed(Png(1, 3, 8, kPalette, Bytes({0, 0, 1, 2}), transparent),
                     /*background=*/5)
                  .values(),
              ElementsAre(5, FloatNear(255 * 0.2f + 5 * 0.8f, 1e-4f), 200));
}

TEST(ImageFileTest, TransparencyShowsTheBackground) {
  const std::string grey_alpha =
      Png(1, 3, 8, kGreyAlpha, Bytes({0, 100, 255, 100, 0, 100, 51}));
  EXPECT_THAT(Parsed(grey_alpha, 0).values(),
              ElementsAre(100, 0, FloatNear(20, 1e-4f)));
  EXPECT_THAT(Parsed(grey_alpha, 255).values(),
              ElementsAre(100, 255, FloatNear(20 + 0.8f * 255, 1e-4f)));
  EXPECT_THAT(
      Parsed(Png(1, 1, 8, kRgba, Bytes({0, 7, 7, 7, 255})), 255).values(),
      ElementsAre(7));
  EXPECT_THAT(
      Parsed(Png(1, 1, 16, kRgba, Bytes({0, 1, 1, 1, 1, 1, 1, 0, 0})), 255)
          .values(),
      ElementsAre(255));
  // The grey of 3 is transparent.
  EXPECT_THAT(Parsed(Png(1, 2, 8, kGrey, Bytes({0, 3, 4}),
                         Chunk("tRNS", Bytes({0, 3}))),
                     255)
                  .values(),
              ElementsAre(255, 4));
}

TEST(ImageFileTest, InterlacedImagesAreTheSame) {
  // Adam7: of 2×2 pixels pass 1 has the first, pass 6 the second, and pass 7
  // the second row.
  EXPECT_THAT(
      Parsed(Png(2, 2, 8, kGrey, Bytes({0, 1, 0, 2, 0, 3, 4}), "", 1)).values(),
      ElementsAre(1, 2, 3, 4));
}

TEST(ImageFileTest, GammaAndProfilesChangeNothing) {
  EXPECT_THAT(Parsed(Png(1, 1, 8, kRgb, Bytes({0, 100, 100, 100}),
                         Chunk("gAMA", BigEndian32(100000))))
                  .values(),
              ElementsAre(100));
}

TEST(ImageFileTest, PngOfChromium) {
  // Chromium 156: a canvas with red, green and blue pixels above a white, a
  // rgba(255, 255, 255, 0.2) and an empty one; toDataURL().
  const Tensor<float> image = Parsed(absl::HexStringToBytes(
      "89504e470d0a1a0a0000000d49484452000000030000000208060000009d74661a000000"
      "1b49444154780162facfc0f01f0c19feff67026210db8481819111000000ffff1be4b531"
      "0000000649444154030095da0a3117d322ae0000000049454e44ae426082"));
  EXPECT_EQ(image.shape(), (Shape{2, 3}));
  EXPECT_THAT(
      image.values(),
      ElementsAre(FloatNear(76.245f, 0.002f), FloatNear(149.685f, 0.002f),
                  FloatNear(29.07f, 0.002f), 255, FloatNear(51, 0.01f), 0));
}

TEST(ImageFileTest, BrokenPngsAreRefused) {
  const std::string png = SmallPng();
  for (size_t size = 4; size < png.size(); ++size) {
    ExpectRefused(png.substr(0, size), "PNG image: ");
  }
  ExpectRefused(png.substr(0, 40), "PNG image: the file is cut short");
  // From the first chunk on, every byte is under a checksum.
  for (size_t i = 8; i < png.size(); ++i) {
    std::string corrupt = png;
    corrupt[i] = static_cast<char>(corrupt[i] ^ 1);
    EXPECT_THAT(ParseImage(corrupt, "f", 0),
                StatusIs(absl::StatusCode::kDataLoss, StartsWith("f: ")))
        << "byte " << i;
  }
  // Fewer rows than its size says.
  ExpectRefused(Png(3, 3, 8, kGrey, Bytes({0, 0, 1, 2, 0, 128, 254, 255})),
                "PNG image: ");
}

TEST(ImageFileTest, LargeImagesAreRefused) {
  ExpectRefused(Png(1, 4097, 8, kGrey, ""),
                "the image is 1x4097; expected 1x1 to 4096x4096");
  ExpectRefused(Png(100000, 100000, 16, kRgba, ""),
                "the image is 100000x100000; expected");
  ExpectRefused("P5 99999999 99999999 255\n", "the image is 99999999x99999999");
  ExpectRefused("P5 0 1 255\n", "the image is 1x0; expected 1x1");
  // All is there that is announced, or nothing is allocated.
  ExpectRefused("P5 4096 4096 255\nx",
                "PGM image: 1 bytes of values; expected 16777216");
  ExpectRefused("P2 4096 4096 255\n1 2", "PGM image: the file is cut short");
}

TEST(ImageFileTest, Pgm) {
  // As the examples of https://netpbm.sourceforge.net/doc/pgm.html.
  const Tensor<float> plain =
      Parsed("P2\n# feep.pgm\n3 2\n15\n0  3\t15 # a comment\n6 9\n12\n");
  EXPECT_EQ(plain.shape(), (Shape{2, 3}));
  EXPECT_THAT(plain.values(), ElementsAre(0, 51, 255, 102, 153, 204));
  EXPECT_THAT(Parsed("P2 2 1 255 7 255").values(), ElementsAre(7, 255));

  const Tensor<float> raw =
      Parsed(absl::StrCat("P5\n#x\n2 1 255\n", Bytes({'\n', 254})));
  EXPECT_THAT(raw.values(), ElementsAre('\n', 254));
  EXPECT_THAT(
      Parsed(absl::StrCat("P5 2 1 65535\n", Bytes({1, 1, 0, 128}))).values(),
      ElementsAre(1, 128 / 257.0f));
}

TEST(ImageFileTest, BrokenPgmsAreRefused) {
  ExpectRefused("P2", "PGM image: byte 2 (width): expected a number");
  ExpectRefused("P2 3 x", "PGM image: byte 5 (height): expected a number");
  ExpectRefused("P2 1 1 0 1", "PGM image: the largest value is 0; expected 1");
  ExpectRefused("P2 1 1 65536 1", "PGM image: the largest value is 65536");
  ExpectRefused("P2 1 1 9999999999 1", "PGM image: byte 7 (largest value)");
  ExpectRefused("P2 2 1 9 1 10", "PGM image: value 2 of 2 is 10; expected at");
  ExpectRefused("P2 2 1 9 1 -1",
                "PGM image: byte 11: expected a number, value 2");
  ExpectRefused("P2 1 1 9 1 2", "PGM image: more than the 1 values");
  ExpectRefused("P2 1 1 9 # 1", "PGM image: ");
  ExpectRefused("P5 2 1 9\n\x01", "PGM image: 1 bytes of values; expected 2");
  ExpectRefused("P5 1 1 9\n\x01\x02",
                "PGM image: 2 bytes of values; expected 1");
  ExpectRefused("P5 1 1 9\n\x0a", "PGM image: value 1 of 1 is 10; expected at");
  ExpectRefused("P5 1 1 9", "PGM image: 0 bytes of values; expected 1");
}

TEST(ImageFileTest, OtherFilesAreRefused) {
  ExpectRefused("", "expected a PNG or PGM image, found an empty file");
  ExpectRefused("\xff\xd8\xff\xe0",
                "expected a PNG or PGM image, found a JPEG");
  ExpectRefused("P6 1 1 255\nabc",
                "expected a PNG or PGM image, found a PPM image, in colour");
  ExpectRefused("P4 1 1\na", "expected a PNG or PGM image, found a PBM image");
  ExpectRefused("P", "expected a PNG or PGM image, found \"P\"");
  ExpectRefused("\x89PNGabcd", "PNG image: ");
}

TEST(ImageFileTest, FilesAreReadAndNamed) {
  const std::string path = testing::TempDir() + "/image.png";
  ASSERT_THAT(WriteFile(path, SmallPng()), IsOk());
  const absl::StatusOr<Tensor<float>> image = ReadImage(path, 0);
  ASSERT_THAT(image, IsOk());
  EXPECT_THAT(image->values(), ElementsAre(0, 1, 2, 128, 254, 255));
  EXPECT_THAT(ReadImage("/none.png", 0),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none.png")));
}

}  // namespace
}  // namespace minidl
