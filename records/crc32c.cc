#include "records/crc32c.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"
#include "boost/crc.hpp"

namespace minidl {
namespace {

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) uint32_t Sse42Crc32c(
    absl::string_view bytes) {
  uint64_t crc = 0xFFFFFFFF;
  while (bytes.size() >= sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, bytes.data(), sizeof(word));
    crc = _mm_crc32_u64(crc, word);
    bytes.remove_prefix(sizeof(word));
  }
  auto tail_crc = static_cast<uint32_t>(crc);
  for (const char byte : bytes) {
    tail_crc = _mm_crc32_u8(tail_crc, static_cast<unsigned char>(byte));
  }
  return ~tail_crc;
}

bool HasSse42() {
  static const bool has = __builtin_cpu_supports("sse4.2") != 0;
  return has;
}

#endif

}  // namespace

uint32_t Crc32c(absl::string_view bytes) {
#if defined(__x86_64__)
  if (HasSse42()) return Sse42Crc32c(bytes);
#endif
  return PortableCrc32c(bytes);
}

uint32_t PortableCrc32c(absl::string_view bytes) {
  boost::crc_optimal</*Bits=*/32, /*TruncPoly=*/0x1EDC6F41,
                     /*InitRem=*/0xFFFFFFFF, /*FinalXor=*/0xFFFFFFFF,
                     /*ReflectIn=*/true, /*ReflectRem=*/true>
      crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

}  // namespace minidl
