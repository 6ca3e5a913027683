#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"

namespace minidl {
namespace {

absl::Status ExistsError(const std::string& path) {
  return absl::AlreadyExistsError(
      absl::StrCat(path,
                   ": exists already, and is not overwritten; name another "
                   "file, or move this one away"));
}

}  // namespace

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

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_size) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return FileError(path, "cannot open");
  const absl::Cleanup close_file = [descriptor] { close(descriptor); };
  std::string contents;
  struct stat info;
  // A hint: files grow, and pipes have no size.
  if (fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode)) {
    contents.reserve(std::min(static_cast<size_t>(info.st_size), max_size));
  }
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = read(descriptor, buffer, sizeof(buffer));
    if (count < 0) {
      if (errno == EINTR) continue;
      return FileError(path, "cannot read");
    }
    if (count == 0) return contents;
    if (static_cast<size_t>(count) > max_size - contents.size()) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": the file is too large; expected at most ",
                       max_size, " bytes"));
    }
    contents.append(buffer, static_cast<size_t>(count));
  }
}

absl::Status WriteFile(const std::string& path, absl::string_view contents) {
  MINIDL_ASSIGN_OR_RETURN(
      AtomicFile file,
      AtomicFile::Create(path, AtomicFile::Existing::kReplace));
  MINIDL_RETURN_IF_ERROR(file.Write(contents));
  return file.Commit();
}

absl::StatusOr<AtomicFile> AtomicFile::Create(const std::string& path,
                                              Existing existing) {
  struct stat info;
  const bool exists = stat(path.c_str(), &info) == 0;
  if (exists && !S_ISREG(info.st_mode)) {
    const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return FileError(path, "cannot open for writing");
    return AtomicFile(descriptor, path, path, "", existing);
  }
  if (exists && existing == Existing::kRefuse) return ExistsError(path);

  // Renaming onto a symbolic link would replace the link: of a user's, or even
  // /dev/stdout, which leads to a regular file when output is redirected.
  std::error_code error;
  const std::string target =
      exists ? std::filesystem::canonical(path, error).string() : path;
  if (error) return FileError(path, "cannot resolve", error.value());

  std::string temporary = absl::StrCat(target, ".XXXXXX");
  const int descriptor = mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return FileError(path, "cannot create");
  AtomicFile file(descriptor, path, target, std::move(temporary), existing);
  // mkostemp makes a private file; give it what open() would have.
  const mode_t mask = umask(0);
  umask(mask);
  const mode_t mode = exists ? info.st_mode & 07777 : 0666 & ~mask;
  if (fchmod(descriptor, mode) != 0) return FileError(path, "cannot create");
  return file;
}

AtomicFile::AtomicFile(int descriptor, std::string path, std::string target,
                       std::string temporary, Existing existing)
    : descriptor_(descriptor),
      path_(std::move(path)),
      target_(std::move(target)),
      temporary_(std::move(temporary)),
      existing_(existing) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, "")),
      existing_(other.existing_) {}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

absl::Status AtomicFile::Write(absl::string_view contents) {
  return WriteFully(descriptor_, contents, path_);
}

absl::Status AtomicFile::Commit() {
  if (temporary_.empty()) return Close();
  if (fsync(descriptor_) != 0) return FileError(path_, "cannot write");
  MINIDL_RETURN_IF_ERROR(Close());
  if (existing_ == Existing::kReplace) {
    if (std::rename(temporary_.c_str(), target_.c_str()) != 0) {
      return FileError(path_, "cannot replace");
    }
    temporary_.clear();
    return absl::OkStatus();
  }
  // Unlike rename, a link never replaces what is there; the destructor removes
  // the other name.
  if (link(temporary_.c_str(), target_.c_str()) == 0) return absl::OkStatus();
  if (errno == EEXIST) return ExistsError(path_);
  return FileError(path_, "cannot create");
}

absl::Status AtomicFile::Close() {
  if (close(std::exchange(descriptor_, -1)) == 0) return absl::OkStatus();
  return FileError(path_, "cannot write");
}

}  // namespace minidl
