#ifndef MINIDL_RECORDS_CRC32C_H_
#define MINIDL_RECORDS_CRC32C_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace minidl {

// CRC-32C, the checksum with Castagnoli's polynomial 0x1EDC6F41, as in iSCSI
// (RFC 3720): by the processor's instruction for it where there is one (SSE
// 4.2), at some 10 GB/s.
uint32_t Crc32c(absl::string_view bytes);

// The same by Boost.CRC, on every processor: at 0.45 GB/s it would be what
// reading record files waits for.
uint32_t PortableCrc32c(absl::string_view bytes);

// The CRC-32C of one sequence of bytes and another behind it, from that of each
// and the second's length: as zlib's crc32_combine does for CRC-32. For a fixed
// length it is linear: CombineCrc32c(a ^ b, c ^ d, n) is
// CombineCrc32c(a, c, n) ^ CombineCrc32c(b, d, n).
uint32_t CombineCrc32c(uint32_t first, uint32_t second, size_t second_size);

}  // namespace minidl

#endif  // MINIDL_RECORDS_CRC32C_H_
