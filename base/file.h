#ifndef MINIDL_BASE_FILE_H_
#define MINIDL_BASE_FILE_H_

#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minidl {

// The whole of the file at `path`. NotFound, PermissionDenied or another error
// that names the file and the system's reason.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Makes `contents` the contents of the file at `path`: entirely, or not at all.
// A regular file is written beside its name, flushed to the disk and renamed,
// so a reader, a full disk or an interruption never leaves half of it; of a
// symbolic link, that is the file it leads to. Anything else (a pipe, a
// terminal) is written directly.
absl::Status WriteFile(const std::string& path, absl::string_view contents);

// An error that says "`path`: `action`: <the system's reason for
// `error_number`>".
absl::Status FileError(const std::string& path, absl::string_view action,
                       int error_number = errno);

// Writes all of `contents` to the open file `descriptor`, however many calls
// that takes. `path` is for the message.
absl::Status WriteFully(int descriptor, absl::string_view contents,
                        const std::string& path);

}  // namespace minidl

#endif  // MINIDL_BASE_FILE_H_
