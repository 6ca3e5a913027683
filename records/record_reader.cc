#include "records/record_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "records/frame.h"
#include "records/unique_fd.h"

namespace minidl {
namespace {

constexpr size_t kBufferSize = 1 << 16;

}  // namespace

absl::StatusOr<RecordReader> RecordReader::Open(const std::string& path) {
  UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) return FileError(path, "cannot open");
  return RecordReader(std::move(file), path);
}

RecordReader::RecordReader(UniqueFd file, std::string path)
    : file_(std::move(file)), path_(std::move(path)) {}

absl::StatusOr<std::optional<std::string>> RecordReader::Next() {
  MINIDL_RETURN_IF_ERROR(status_);
  absl::StatusOr<std::optional<std::string>> payload = ReadFrame();
  status_ = payload.status();
  return payload;
}

absl::StatusOr<std::optional<std::string>> RecordReader::ReadFrame() {
  MINIDL_ASSIGN_OR_RETURN(const std::string header, Read(kFrameHeaderSize));
  if (header.empty()) return std::nullopt;
  if (header.size() < kFrameHeaderSize) return Torn(header.size());
  const std::optional<uint64_t> length = PayloadLength(header);
  if (!length.has_value()) {
    return Corrupt(absl::StrCat(
        "the checksum of its length does not match",
        num_records_ == 0 ? ", or this is not a record file" : ""));
  }
  if (*length > kMaxPayloadSize) {
    return Corrupt(absl::StrCat("its length is ", *length,
                                " bytes, and at most ", kMaxPayloadSize,
                                " are allowed"));
  }

  MINIDL_ASSIGN_OR_RETURN(std::string payload, Read(*length));
  MINIDL_ASSIGN_OR_RETURN(const std::string footer, Read(kFrameFooterSize));
  const size_t size = header.size() + payload.size() + footer.size();
  if (footer.size() < kFrameFooterSize) return Torn(size);
  if (!FooterMatches(footer, payload)) {
    return Corrupt(absl::StrCat("the checksum of its ", *length,
                                " bytes of contents does not match"));
  }
  ++num_records_;
  offset_ += static_cast<int64_t>(size);
  return payload;
}

absl::StatusOr<std::string> RecordReader::Read(uint64_t size) {
  std::string bytes;
  while (bytes.size() < size) {
    if (buffer_begin_ == buffer_.size()) {
      buffer_.resize(kBufferSize);
      ssize_t count;
      do {
        count = read(file_.get(), buffer_.data(), buffer_.size());
      } while (count < 0 && errno == EINTR);
      const int error_number = errno;
      buffer_.resize(static_cast<size_t>(std::max<ssize_t>(count, 0)));
      buffer_begin_ = 0;
      if (count < 0) return FileError(path_, "cannot read", error_number);
      if (count == 0) break;
    }
    const size_t count = static_cast<size_t>(std::min<uint64_t>(
        size - bytes.size(), buffer_.size() - buffer_begin_));
    bytes.append(buffer_, buffer_begin_, count);
    buffer_begin_ += count;
  }
  return bytes;
}

absl::Status RecordReader::Torn(size_t bytes) const {
  return absl::OutOfRangeError(
      absl::StrCat(Where(), " is incomplete: the file ends after ", bytes,
                   " bytes of it, as a killed run leaves it"));
}

absl::Status RecordReader::Corrupt(const std::string& reason) const {
  return absl::DataLossError(absl::StrCat(Where(), " is corrupt: ", reason));
}

std::string RecordReader::Where() const {
  return absl::StrCat(path_, ": record ", num_records_, " at byte ", offset_);
}

bool IsTornTail(const absl::Status& status) {
  return status.code() == absl::StatusCode::kOutOfRange;
}

}  // namespace minidl
