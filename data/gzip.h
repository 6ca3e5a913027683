#ifndef MINIDL_DATA_GZIP_H_
#define MINIDL_DATA_GZIP_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minidl {

// Whether `bytes` start as gzip data do.
bool IsGzip(absl::string_view bytes);

// Decompresses gzip data (RFC 1952; several members in a row, too), but no
// more than the first `max_size` bytes of what they hold: memory is bounded by
// that, whatever the data claim. A result shorter than `max_size` is complete,
// and its checksum was right. DataLoss for data that are cut short, corrupt, or
// followed by something else; `name` is for the message.
absl::StatusOr<std::string> Gunzip(absl::string_view compressed,
                                   const std::string& name, size_t max_size);

}  // namespace minidl

#endif  // MINIDL_DATA_GZIP_H_
