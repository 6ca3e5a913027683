#ifndef MINIDL_INTERCHANGE_SAFETENSORS_H_
#define MINIDL_INTERCHANGE_SAFETENSORS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/model.pb.h"

// Files of tensors as https://github.com/huggingface/safetensors describes
// them: the header's length (64 bits, little-endian), the header (JSON), and
// the tensors' values one after the other.
namespace minidl {

// What a header may have, as the format says.
inline constexpr uint64_t kMaxSafetensorsHeader = 100'000'000;

struct SafetensorsEntry {
  std::string name;
  std::string dtype;  // "F32", or another one of the format's.
  std::vector<int64_t> shape;
  absl::string_view data;  // Little-endian, in row-major order.
};

struct Safetensors {
  std::map<std::string, std::string> metadata;  // The header's "__metadata__".
  std::vector<SafetensorsEntry> entries;        // In the order of their data.
};

// The contents of a file, whose `bytes` must outlive the result. DataLoss, with
// what is wrong and the tensor's name, if they are not in the format:
//  - the length or the header is cut short, or longer than the format allows;
//  - the header is not JSON of the format's fields, each there once;
//  - a size is negative, no integer or more than 2^53;
//  - a tensor's data are not as many bytes as its dtype and shape say, or
//    are not all in the file; tensors overlap, or bytes belong to none.
// Memory is asked for the header's entries alone, which are in the file.
absl::StatusOr<Safetensors> ParseSafetensors(absl::string_view bytes);

// The contents of a file of `tensors`, of 32-bit floats, in their order.
// ResourceExhausted if the header is longer than the format allows.
absl::StatusOr<std::string> SerializeSafetensors(
    const std::map<std::string, std::string>& metadata,
    const std::vector<const proto::NamedTensor*>& tensors);

// A name or other text of a file in quotes, for an error message: printable,
// and cut where it is long.
std::string QuotedForMessage(absl::string_view text);

}  // namespace minidl

#endif  // MINIDL_INTERCHANGE_SAFETENSORS_H_
