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

uint32_t Masked(uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

// As it stands in a file.
std::string Checksum(absl::string_view bytes) {
  return LittleEndian(Masked(Crc32c(bytes)), kFrameFooterSize);
}

}  // namespace

std::string Frame(absl::string_view payload) {
  return absl::StrCat(FrameHeader(payload.size()), payload, Checksum(payload));
}

std::string FrameHeader(uint64_t length) {
  const std::string bytes = LittleEndian(length, kLengthSize);
  return absl::StrCat(bytes, Checksum(bytes));
}

std::optional<uint64_t> PayloadLength(absl::string_view header) {
  MINIDL_CHECK(header.size() == kFrameHeaderSize, header.size(), " bytes");
  const absl::string_view length = header.substr(0, kLengthSize);
  if (FromLittleEndian(header.substr(kLengthSize)) != Masked(Crc32c(length))) {
    return std::nullopt;
  }
  return FromLittleEndian(length);
}

bool FooterMatches(absl::string_view footer, absl::string_view payload) {
  return FooterMatches(footer, Crc32c(payload));
}

bool FooterMatches(absl::string_view footer, uint32_t payload_crc) {
  MINIDL_CHECK(footer.size() == kFrameFooterSize, footer.size(), " bytes");
  return FromLittleEndian(footer) == Masked(payload_crc);
}

}  // namespace minidl
