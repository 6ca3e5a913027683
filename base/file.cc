#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"

namespace minidl {

absl::Status FileError(const std::string& path, absl::string_view action,
                       int error_number) {
  return absl::ErrnoToStatus(error_number, absl::StrCat(path, ": ", action));
}

absl::Status WriteFully(int descriptor, absl::string_view contents,
                        const std::string& path) {
  while (!contents.empty()) {
    const ssize_t written = write(descriptor, contents.data(), contents.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return FileError(path, "cannot write");
    }
    contents.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return FileError(path, "cannot open");
  const absl::Cleanup close_file = [descriptor] { close(descriptor); };
  std::string contents;
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = read(descriptor, buffer, sizeof(buffer));
    if (count < 0) {
      if (errno == EINTR) continue;
      return FileError(path, "cannot read");
    }
    if (count == 0) return contents;
    contents.append(buffer, static_cast<size_t>(count));
  }
}

absl::Status WriteFile(const std::string& path, absl::string_view contents) {
  struct stat info;
  const bool exists = stat(path.c_str(), &info) == 0;
  if (exists && !S_ISREG(info.st_mode)) {
    const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return FileError(path, "cannot open for writing");
    const absl::Status written = WriteFully(descriptor, contents, path);
    if (close(descriptor) != 0 && written.ok()) {
      return FileError(path, "cannot write");
    }
    return written;
  }

  // Renaming onto a symbolic link would replace the link: of a user's, or even
  // /dev/stdout, which leads to a regular file when output is redirected.
  std::error_code error;
  const std::string target =
      exists ? std::filesystem::canonical(path, error).string() : path;
  if (error) return FileError(path, "cannot resolve", error.value());

  std::string temporary = absl::StrCat(target, ".XXXXXX");
  const int descriptor = mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return FileError(path, "cannot create");
  absl::Cleanup remove_temporary = [&temporary] { unlink(temporary.c_str()); };
  // mkostemp makes a private file; give it what open() would have.
  const mode_t mask = umask(0);
  umask(mask);
  const mode_t mode = exists ? info.st_mode & 07777 : 0666 & ~mask;
  absl::Status status = WriteFully(descriptor, contents, path);
  if (status.ok() &&
      (fchmod(descriptor, mode) != 0 || fsync(descriptor) != 0)) {
    status = FileError(path, "cannot write");
  }
  if (close(descriptor) != 0 && status.ok()) {
    status = FileError(path, "cannot write");
  }
  MINIDL_RETURN_IF_ERROR(status);
  if (std::rename(temporary.c_str(), target.c_str()) != 0) {
    return FileError(path, "cannot replace");
  }
  std::move(remove_temporary).Cancel();
  return absl::OkStatus();
}

}  // namespace minidl
