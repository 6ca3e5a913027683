// PNG and PGM images: the first byte says whether the rest is one as it is, or
// a PNG whose chunks get the checksums that they need.

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "base/check.h"
#include "data/image_file.h"
#include "tensor/tensor.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

// Of the 8 bytes before the first chunk, and a chunk's length, its type and its
// checksum.
constexpr size_t kSignature = 8;
constexpr size_t kWord = 4;

size_t BigEndian32(const std::string& bytes, size_t start) {
  size_t value = 0;
  for (size_t i = 0; i < kWord; ++i) {
    value = value << 8 | static_cast<uint8_t>(bytes[start + i]);
  }
  return value;
}

std::string WithChecksums(std::string png) {
  size_t start = kSignature;
  while (start + 3 * kWord <= png.size()) {
    const size_t length = BigEndian32(png, start);
    if (length > png.size() - start - 3 * kWord) break;
    const uLong checksum =
        crc32(0, reinterpret_cast<const Bytef*>(png.data()) + start + kWord,
              static_cast<uInt>(kWord + length));
    start += 2 * kWord + length;
    for (size_t i = 0; i < kWord; ++i) {
      png[start + i] = static_cast<char>(checksum >> (24 - 8 * i) & 0xff);
    }
    start += kWord;
  }
  return png;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  minidl::FuzzInput input(data, size);
  const bool with_checksums = input.TakeByte() % 2 == 1;
  std::string bytes(input.rest());
  if (with_checksums) bytes = WithChecksums(std::move(bytes));
  const absl::StatusOr<minidl::Tensor<float>> image =
      minidl::ParseImage(bytes, "file", /*background=*/0);
  if (!image.ok()) return 0;
  for (const float value : image->values()) {
    MINIDL_CHECK(0 <= value && value <= 255, "a value is ", value);
  }
  return 0;
}
