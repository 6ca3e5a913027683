#include "records/frame.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "records/crc32c.h"

namespace minidl {
namespace {

constexpr size_t kLengthSize = 8;

// The `size` low bytes of `value`, lowest first.
std::string LittleEndian(uint64_t value, size_t size) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i) {
    bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  }
  return bytes;
}

uint64_t FromLittleEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    value |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return value;
}

uint32_t MaskedCrc32c(absl::string_view bytes) {
  const uint32_t crc = Crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

// As it stands in a file.
std::string Checksum(absl::string_view bytes) {
  return LittleEndian(MaskedCrc32c(bytes), kFrameFooterSize);
}

}  // namespace

std::string Frame(absl::string_view payload) {
  const std::string length = LittleEndian(payload.size(), kLengthSize);
  return absl::StrCat(length, Checksum(length), payload, Checksum(payload));
}

std::optional<uint64_t> PayloadLength(absl::string_view header) {
  MINIDL_CHECK(header.size() == kFrameHeaderSize, header.size(), " bytes");
  const absl::string_view length = header.substr(0, kLengthSize);
  if (FromLittleEndian(header.substr(kLengthSize)) != MaskedCrc32c(length)) {
    return std::nullopt;
  }
  return FromLittleEndian(length);
}

bool FooterMatches(absl::string_view footer, absl::string_view payload) {
  MINIDL_CHECK(footer.size() == kFrameFooterSize, footer.size(), " bytes");
  return FromLittleEndian(footer) == MaskedCrc32c(payload);
}

}  // namespace minidl
