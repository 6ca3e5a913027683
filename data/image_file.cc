#include "data/image_file.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// The largest image that is read, of 16 bits in each of 4 channels, is half as
// large as this.
constexpr size_t kMaxFile = size_t{256} << 20;

absl::Status Refused(const std::string& name, absl::string_view reason) {
  return absl::DataLossError(absl::StrCat(name, ": ", reason));
}

absl::Status CheckSides(const std::string& name, uint64_t height,
                        uint64_t width) {
  if (1 <= height && height <= kMaxImageSide && 1 <= width &&
      width <= kMaxImageSide) {
    return absl::OkStatus();
  }
  return Refused(name, absl::StrCat("the image is ", height, "x", width,
                                    "; expected 1x1 to ", kMaxImageSide, "x",
                                    kMaxImageSide));
}

uint8_t Byte(absl::string_view bytes, size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

// Reads a PNG from memory. libpng reports errors by longjmp, so each function
// that calls it has a setjmp, and no objects of its own that need destructors.
class PngReader {
 public:
  explicit PngReader(absl::string_view bytes) : rest_(bytes) {
    png_ =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, this, OnError, OnWarning);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
  }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  // Reads up to the pixels, which are to be rows of `channels` values of 1 or
  // 2 bytes each. False for an error.
  bool ReadHeader() {
    if (info_ == nullptr) {
      std::snprintf(error_, sizeof(error_), "no memory");
      return false;
    }
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_read_fn(png_, this, OnRead);
    png_read_info(png_, info_);
    height_ = png_get_image_height(png_, info_);
    width_ = png_get_image_width(png_, info_);
    png_set_expand(png_);  // Palettes, fewer than 8 bits, transparent colours.
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    channels_ = png_get_channels(png_, info_);
    bytes_per_value_ = png_get_bit_depth(png_, info_) / 8;
    return true;
  }

  // Reads all pixels, and what follows them. False for an error.
  bool ReadRows(png_bytep* rows) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_image(png_, rows);
    png_read_end(png_, nullptr);
    return true;
  }

  const char* error() const { return error_; }
  uint64_t height() const { return height_; }
  uint64_t width() const { return width_; }
  size_t channels() const { return channels_; }
  size_t bytes_per_value() const { return bytes_per_value_; }

 private:
  static void OnError(png_structp png, png_const_charp message) {
    auto* reader = static_cast<PngReader*>(png_get_error_ptr(png));
    std::snprintf(reader->error_, sizeof(reader->error_), "%s", message);
    png_longjmp(png, 1);
  }
  static void OnWarning(png_structp /*png*/, png_const_charp /*message*/) {}
  static void OnRead(png_structp png, png_bytep output, size_t size) {
    auto* reader = static_cast<PngReader*>(png_get_io_ptr(png));
    if (reader->rest_.size() < size) png_error(png, "the file is cut short");
    std::memcpy(output, reader->rest_.data(), size);
    reader->rest_.remove_prefix(size);
  }

  absl::string_view rest_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  char error_[128] = "";
  uint64_t height_ = 0;
  uint64_t width_ = 0;
  size_t channels_ = 0;
  size_t bytes_per_value_ = 0;
};

// From 0 to 255.
double PngValue(const uint8_t* value, size_t bytes) {
  if (bytes == 1) return value[0];
  return (value[0] * 256 + value[1]) / 257.0;
}

// A pixel of grey, grey and alpha, RGB, or RGBA.
float PngPixel(const uint8_t* pixel, size_t channels, size_t bytes,
               float background) {
  const auto value = [=](size_t channel) {
    return PngValue(pixel + channel * bytes, bytes);
  };
  const double grey =
      channels < 3
          ? value(0)
          : (19595 * value(0) + 38470 * value(1) + 7471 * value(2)) / 65536;
  if (channels % 2 == 1) return static_cast<float>(grey);
  const double alpha = value(channels - 1) / 255;
  return static_cast<float>(alpha * grey + (1 - alpha) * double{background});
}

absl::StatusOr<Tensor<float>> ParsePng(absl::string_view bytes,
                                       const std::string& name,
                                       float background) {
  PngReader reader(bytes);
  if (!reader.ReadHeader()) {
    return Refused(name, absl::StrCat("PNG image: ", reader.error()));
  }
  MINIDL_RETURN_IF_ERROR(CheckSides(name, reader.height(), reader.width()));
  const auto height = static_cast<size_t>(reader.height());
  const auto width = static_cast<size_t>(reader.width());
  const size_t pixel_size = reader.channels() * reader.bytes_per_value();
  std::vector<uint8_t> pixels(height * width * pixel_size);
  std::vector<png_bytep> rows(height);
  for (size_t y = 0; y < height; ++y) {
    rows[y] = pixels.data() + y * width * pixel_size;
  }
  if (!reader.ReadRows(rows.data())) {
    return Refused(name, absl::StrCat("PNG image: ", reader.error()));
  }
  Tensor<float> image(
      {static_cast<int64_t>(height), static_cast<int64_t>(width)});
  for (size_t i = 0; i < height * width; ++i) {
    image.data()[i] =
        PngPixel(pixels.data() + i * pixel_size, reader.channels(),
                 reader.bytes_per_value(), background);
  }
  return image;
}

// Takes the next number off the front of a PGM, with the white space and the
// comments, from '#' to the end of the line, before it. nullopt if there is
// none of up to 9 digits.
std::optional<uint64_t> TakeNumber(absl::string_view& rest) {
  size_t i = 0;
  while (i < rest.size() &&
         (absl::ascii_isspace(Byte(rest, i)) || rest[i] == '#')) {
    if (rest[i] == '#') i = std::min(rest.find('\n', i), rest.size() - 1);
    ++i;
  }
  rest.remove_prefix(i);
  uint64_t number = 0;
  size_t digits = 0;
  while (digits < rest.size() && absl::ascii_isdigit(Byte(rest, digits))) {
    number = 10 * number + (Byte(rest, digits) - uint64_t{'0'});
    if (++digits > 9) return std::nullopt;
  }
  if (digits == 0) return std::nullopt;
  rest.remove_prefix(digits);
  return number;
}

// https://netpbm.sourceforge.net/doc/pgm.html
absl::StatusOr<Tensor<float>> ParsePgm(absl::string_view bytes,
                                       const std::string& name) {
  const bool plain = bytes[1] == '2';
  absl::string_view rest = bytes.substr(2);
  uint64_t header[3];
  constexpr absl::string_view kFields[] = {"width", "height", "largest value"};
  for (size_t i = 0; i < 3; ++i) {
    const std::optional<uint64_t> number = TakeNumber(rest);
    if (!number.has_value()) {
      return Refused(
          name, absl::StrCat("PGM image: byte ", bytes.size() - rest.size(),
                             " (", kFields[i], "): expected a number"));
    }
    header[i] = *number;
  }
  const auto [width, height, largest] = header;
  MINIDL_RETURN_IF_ERROR(CheckSides(name, height, width));
  if (largest < 1 || largest > 65535) {
    return Refused(name, absl::StrCat("PGM image: the largest value is ",
                                      largest, "; expected 1 to 65535"));
  }
  const size_t count = static_cast<size_t>(height * width);
  const size_t value_size = plain ? 2 : largest < 256 ? 1 : 2;
  if (!plain) {
    // One character of white space stands before the values.
    if (!rest.empty()) rest.remove_prefix(1);
    if (rest.size() != count * value_size) {
      return Refused(name, absl::StrCat("PGM image: ", rest.size(),
                                        " bytes of values; expected ",
                                        count * value_size));
    }
  } else if (rest.size() < count * value_size) {  // A digit and a space.
    return Refused(name, "PGM image: the file is cut short");
  }

  Tensor<float> image(
      {static_cast<int64_t>(height), static_cast<int64_t>(width)});
  for (size_t i = 0; i < count; ++i) {
    uint64_t value = 0;
    if (plain) {
      const std::optional<uint64_t> number = TakeNumber(rest);
      if (!number.has_value()) {
        return Refused(
            name,
            absl::StrCat("PGM image: byte ", bytes.size() - rest.size(),
                         ": expected a number, value ", i + 1, " of ", count));
      }
      value = *number;
    } else {
      for (size_t j = 0; j < value_size; ++j) {
        value = value << 8 | Byte(rest, i * value_size + j);
      }
    }
    if (value > largest) {
      return Refused(
          name, absl::StrCat("PGM image: value ", i + 1, " of ", count, " is ",
                             value, "; expected at most ", largest));
    }
    image.data()[i] = static_cast<float>(static_cast<double>(value) * 255 /
                                         static_cast<double>(largest));
  }
  if (plain && TakeNumber(rest).has_value()) {
    return Refused(name, absl::StrCat("PGM image: more than the ", count,
                                      " values of its size"));
  }
  return image;
}

// What somebody has who has neither.
std::string DescribeOtherFile(absl::string_view bytes) {
  if (bytes.empty()) return "an empty file";
  if (absl::StartsWith(bytes, "\xff\xd8\xff")) return "a JPEG image";
  if (absl::StartsWith(bytes, "P3") || absl::StartsWith(bytes, "P6")) {
    return "a PPM image, in colour";
  }
  if (absl::StartsWith(bytes, "P1") || absl::StartsWith(bytes, "P4")) {
    return "a PBM image, in black and white";
  }
  return absl::StrCat("\"", absl::CHexEscape(bytes.substr(0, 24)), "\"");
}

}  // namespace

absl::StatusOr<Tensor<float>> ReadImage(const std::string& path,
                                        float background) {
  MINIDL_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxFile));
  return ParseImage(bytes, path, background);
}

absl::StatusOr<Tensor<float>> ParseImage(absl::string_view bytes,
                                         const std::string& name,
                                         float background) {
  if (absl::StartsWith(bytes, "\x89PNG")) {
    return ParsePng(bytes, name, background);
  }
  if (absl::StartsWith(bytes, "P2") || absl::StartsWith(bytes, "P5")) {
    return ParsePgm(bytes, name);
  }
  return Refused(name, absl::StrCat("expected a PNG or PGM image, found ",
                                    DescribeOtherFile(bytes)));
}

}  // namespace minidl
