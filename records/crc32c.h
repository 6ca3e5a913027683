#ifndef MINIDL_RECORDS_CRC32C_H_
#define MINIDL_RECORDS_CRC32C_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace minidl {

// CRC-32C, the checksum with Castagnoli's polynomial 0x1EDC6F41, as in iSCSI
// (RFC 3720).
uint32_t Crc32c(absl::string_view bytes);

}  // namespace minidl

#endif  // MINIDL_RECORDS_CRC32C_H_
