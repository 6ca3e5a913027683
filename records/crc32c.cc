#include "records/crc32c.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

#include <array>
#include <cstddef>
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

// Polynomials over GF(2) modulo Castagnoli's, the coefficient of x^0 in the
// highest bit.
constexpr uint32_t kOne = uint32_t{1} << 31;
constexpr uint32_t kX8 = kOne >> 8;

uint32_t Multiply(uint32_t a, uint32_t b) {
  // Without branches, which a processor would guess wrong half the time.
  uint32_t product = 0;
  for (int power = 0; power < 32; ++power) {
    product ^= b & (0 - (a >> 31));
    a <<= 1;
    // By x; the constant is 0x1EDC6F41 with its bits reversed.
    b = (b >> 1) ^ (0x82F63B78 & (0 - (b & 1)));
  }
  return product;
}

// x^8, and each the square of the one before.
std::array<uint32_t, 64> PowersOfX8() {
  std::array<uint32_t, 64> powers;
  uint32_t power = kX8;
  for (uint32_t& element : powers) {
    element = power;
    power = Multiply(power, power);
  }
  return powers;
}

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

uint32_t CombineCrc32c(uint32_t first, uint32_t second, size_t second_size) {
  // Each byte of the second multiplies the first's remainder by x^8. What the
  // checksum inverts at its begin and its end cancels out.
  static const std::array<uint32_t, 64> powers = PowersOfX8();
  for (size_t i = 0; second_size != 0; ++i, second_size >>= 1) {
    if ((second_size & 1) != 0) first = Multiply(powers[i], first);
  }
  return first ^ second;
}

}  // namespace minidl
