#ifndef MINIDL_BASE_FILE_H_
#define MINIDL_BASE_FILE_H_

#include <cerrno>
#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minidl {

// The most that ReadFile reads where it is not told otherwise: 2 GiB.
inline constexpr size_t kMaxFileSize = size_t{1} << 31;

// The whole of the file at `path`. NotFound, PermissionDenied or another error
// that names the file and the system's reason; FailedPrecondition for a file of
// more than `max_size` bytes, or one without an end, such as /dev/zero.
absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     size_t max_size = kMaxFileSize);

// Makes `contents` the contents of the file at `path`, entirely or not at all,
// by an AtomicFile that replaces what is there.
absl::Status WriteFile(const std::string& path, absl::string_view contents);

// A file that is written in pieces, and appears when it is complete, or not at
// all: under another name in the same directory, flushed to the disk and
// renamed. Neither a full disk nor an error or interruption half-way leaves
// anything at its place.
//
// What exists but is not a regular file (a pipe, a terminal, /dev/stdout that
// leads to one) is written directly.
class AtomicFile {
 public:
  // What happens to a file that is there already: kReplace gives the new one
  // its permissions, and of a symbolic link replaces the file it leads to;
  // kRefuse is AlreadyExists, in Create or, if it has come since, in Commit.
  enum class Existing { kReplace, kRefuse };
  static absl::StatusOr<AtomicFile> Create(const std::string& path,
                                           Existing existing);

  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) = delete;
  // Without Commit, nothing remains.
  ~AtomicFile();

  // Appends. Unbuffered: hand over large pieces.
  absl::Status Write(absl::string_view contents);

  // Puts the file into its place. Call it once, after the last Write.
  absl::Status Commit();

 private:
  AtomicFile(int descriptor, std::string path, std::string target,
             std::string temporary, Existing existing);

  absl::Status Close();

  int descriptor_;    // Negative once closed.
  std::string path_;  // For messages.
  std::string target_;
  std::string temporary_;  // Empty if `path` is written directly.
  Existing existing_;
};

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
