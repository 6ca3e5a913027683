#include "records/crc32c.h"

#include <cstdint>

#include "absl/strings/string_view.h"
#include "boost/crc.hpp"

namespace minidl {

uint32_t Crc32c(absl::string_view bytes) {
  boost::crc_optimal</*Bits=*/32, /*TruncPoly=*/0x1EDC6F41,
                     /*InitRem=*/0xFFFFFFFF, /*FinalXor=*/0xFFFFFFFF,
                     /*ReflectIn=*/true, /*ReflectRem=*/true>
      crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

}  // namespace minidl
