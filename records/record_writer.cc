#include "records/record_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "records/frame.h"
#include "records/record_reader.h"
#include "records/unique_fd.h"

namespace minidl {
namespace {

// Flushes the directory of `path` to the disk, so that the name of a new file
// survives a crash of the system. Where the user may write in the directory but
// not read it, that is left to the system.
absl::Status FlushDirectoryOf(const std::string& path) {
  std::string directory = std::filesystem::path(path).parent_path().string();
  if (directory.empty()) directory = ".";
  const UniqueFd fd(
      open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok() && errno == EACCES) return absl::OkStatus();
  if (!fd.ok() || fsync(fd.get()) != 0) {
    return FileError(directory, "cannot flush the directory");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RecordWriter> RecordWriter::Create(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    UniqueFd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.ok()) return FileError(path, "cannot open for writing");
    return RecordWriter(std::move(file), path, /*is_regular=*/false);
  }

  UniqueFd file(open(path.c_str(),
                     O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file.ok() && errno == EEXIST) {
    return absl::AlreadyExistsError(absl::StrCat(
        path,
        ": exists already, and results are never overwritten; name "
        "another file, or move this one away"));
  }
  if (!file.ok()) return FileError(path, "cannot create");
  RecordWriter writer(std::move(file), path, /*is_regular=*/true);
  MINIDL_RETURN_IF_ERROR(writer.Lock());
  MINIDL_RETURN_IF_ERROR(FlushDirectoryOf(path));
  return writer;
}

absl::StatusOr<RecordWriter> RecordWriter::OpenForAppend(
    const std::string& path) {
  // Checked before opening, which would wait for the other end of a pipe.
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": cannot append: not a regular file"));
  }
  UniqueFd file(open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC));
  if (!file.ok()) return FileError(path, "cannot open for appending");
  RecordWriter writer(std::move(file), path, /*is_regular=*/true);
  MINIDL_RETURN_IF_ERROR(writer.Lock());
  MINIDL_RETURN_IF_ERROR(writer.CutTornTail());
  return writer;
}

RecordWriter::RecordWriter(UniqueFd file, std::string path, bool is_regular)
    : file_(std::move(file)), path_(std::move(path)), is_regular_(is_regular) {}

absl::Status RecordWriter::Append(absl::string_view payload) {
  MINIDL_RETURN_IF_ERROR(broken_);
  if (payload.size() > kMaxPayloadSize) {
    return absl::ResourceExhaustedError(absl::StrCat(
        path_, ": a record of ", payload.size(), " bytes is too long; at most ",
        kMaxPayloadSize, " are allowed"));
  }
  const std::string frame = Frame(payload);
  absl::Status status = WriteFully(file_.get(), frame, path_);
  if (!is_regular_) return broken_ = status;
  if (status.ok() && fdatasync(file_.get()) != 0) {
    status = FileError(path_, "cannot flush");
  }
  if (status.ok()) {
    size_ += static_cast<int64_t>(frame.size());
    return absl::OkStatus();
  }
  const absl::Status truncated = Truncate();
  if (truncated.ok()) {
    return absl::Status(status.code(),
                        absl::StrCat(status.message(),
                                     "; the records before this one are safe"));
  }
  broken_ = absl::Status(
      status.code(),
      absl::StrCat(status.message(), "; then: ", truncated.message(),
                   "; the file may end inside a record"));
  return broken_;
}

absl::Status RecordWriter::Lock() {
  if (flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
  if (errno != EWOULDBLOCK) return FileError(path_, "cannot lock");
  return absl::FailedPreconditionError(absl::StrCat(
      path_,
      ": another program is writing this file; wait until it ends, or "
      "name another file"));
}

absl::Status RecordWriter::CutTornTail() {
  struct stat info;
  if (fstat(file_.get(), &info) != 0) return FileError(path_, "cannot read");
  RecordReader reader(UniqueFd(fcntl(file_.get(), F_DUPFD_CLOEXEC, 0)), path_);
  absl::Status status;
  while (true) {
    const absl::StatusOr<std::optional<std::string>> payload = reader.Next();
    status = payload.status();
    if (!payload.ok() || !payload->has_value()) break;
  }
  size_ = reader.offset();
  if (!IsTornTail(status)) return status;
  cut_bytes_ = info.st_size - size_;
  return Truncate();
}

absl::Status RecordWriter::Truncate() {
  if (ftruncate(file_.get(), size_) != 0 || fdatasync(file_.get()) != 0) {
    return FileError(
        path_, absl::StrCat("cannot cut back to its first ", size_, " bytes"));
  }
  return absl::OkStatus();
}

}  // namespace minidl
