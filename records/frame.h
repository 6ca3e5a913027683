#ifndef MINIDL_RECORDS_FRAME_H_
#define MINIDL_RECORDS_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace minidl {

// The framing of TensorFlow's TFRecord files, which are frames one after the
// other and nothing else:
//
//   uint64  length of the payload      \ header
//   uint32  masked CRC-32C of the above /
//   byte    payload[length]
//   uint32  masked CRC-32C of the payload, the footer
//
// Numbers are little-endian. A CRC is masked by rotating and adding a constant,
// because the CRC of bytes that contain their own CRC is not a good one:
// https://www.tensorflow.org/tutorials/load_data/tfrecord
inline constexpr size_t kFrameHeaderSize = 12;
inline constexpr size_t kFrameFooterSize = 4;

// The largest payload that we read or write. A run record has some ten
// kilobytes.
inline constexpr uint64_t kMaxPayloadSize = uint64_t{256} << 20;

// `payload` in a frame.
std::string Frame(absl::string_view payload);

// The header of a payload of `length` bytes.
std::string FrameHeader(uint64_t length);

// The payload's length, from the kFrameHeaderSize bytes of `header`; nullopt if
// the checksum in it does not match.
std::optional<uint64_t> PayloadLength(absl::string_view header);

// Whether the kFrameFooterSize bytes of `footer` are those of `payload`, or of
// a payload that has this CRC-32C.
bool FooterMatches(absl::string_view footer, absl::string_view payload);
bool FooterMatches(absl::string_view footer, uint32_t payload_crc);

}  // namespace minidl

#endif  // MINIDL_RECORDS_FRAME_H_
