// Gzip data: the first byte says how much of them may be decompressed, and
// whether the rest are such data as they are, or what stands in members whose
// header, checksum and size are put around it.

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "data/gzip.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

void AppendLittleEndian(uint32_t value, std::string& bytes) {
  for (int i = 0; i < 4; ++i) {
    bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  }
}

// `deflated` as a member, with the checksum and size of what it decompresses
// to.
std::string Member(absl::string_view deflated) {
  z_stream stream = {};
  MINIDL_CHECK(inflateInit2(&stream, -15) == Z_OK, "inflateInit2");
  const absl::Cleanup end = [&stream] { inflateEnd(&stream); };
  std::string input(deflated);  // zlib does not change it.
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  uLong checksum = crc32(0, nullptr, 0);
  int code = Z_OK;
  while (code == Z_OK) {
    Bytef buffer[1 << 12];
    stream.next_out = buffer;
    stream.avail_out = sizeof(buffer);
    code = inflate(&stream, Z_NO_FLUSH);
    checksum = crc32(checksum, buffer,
                     static_cast<uInt>(sizeof(buffer)) - stream.avail_out);
  }
  std::string member("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
  member.append(deflated.data(), stream.total_in);
  AppendLittleEndian(static_cast<uint32_t>(checksum), member);
  AppendLittleEndian(static_cast<uint32_t>(stream.total_out), member);
  return member;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  minidl::FuzzInput input(data, size);
  const uint8_t choice = input.TakeByte();
  const size_t max_size = size_t{1} << (choice >> 1) % 18;
  std::string compressed;
  if (choice % 2 == 0) {
    compressed = std::string(input.rest());
  } else {
    while (!input.empty()) compressed += Member(input.TakeSized());
  }
  const absl::StatusOr<std::string> some =
      minidl::Gunzip(compressed, "file", max_size);
  if (!some.ok()) return 0;
  MINIDL_CHECK(some->size() <= max_size, some->size(), " of ", max_size);
  if (some->size() == max_size) return 0;
  // It was complete.
  const absl::StatusOr<std::string> all =
      minidl::Gunzip(compressed, "file", 2 * max_size);
  MINIDL_CHECK(all.ok() && *all == *some, "there is more of it");
  return 0;
}
