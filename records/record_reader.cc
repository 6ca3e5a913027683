#include "records/record_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "records/frame.h"
#include "records/unique_fd.h"

namespace minidl {
namespace {

// A file of a few records, as most are, is read without the time that it takes
// to clear, or even to map, a large buffer.
constexpr size_t kBufferSize = 1 << 15;

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
  const absl::StatusOr<Found> found = Look();
  if (found.ok() && found->kind == Found::Kind::kEnd) return std::nullopt;
  if (!found.ok() || found->kind != Found::Kind::kRecord) {
    return status_ = found.ok() ? ErrorOf(*found) : found.status();
  }
  std::string payload(found->payload);
  Consume(found->size);
  ++num_records_;
  return payload;
}

absl::Status RecordReader::Resynchronize() {
  MINIDL_CHECK(IsBadRecord(status_),
               "RecordReader::Resynchronize: ", status_.ToString());
  while (true) {
    // There is a byte: a record that has an error is not empty.
    Consume(1);
    const absl::StatusOr<Found> found = Look();
    status_ = found.status();
    MINIDL_RETURN_IF_ERROR(status_);
    if (found->kind == Found::Kind::kEnd ||
        found->kind == Found::Kind::kRecord) {
      return absl::OkStatus();
    }
  }
}

absl::StatusOr<RecordReader::Found> RecordReader::Look() {
  MINIDL_ASSIGN_OR_RETURN(const absl::string_view header,
                          Peek(kFrameHeaderSize));
  if (header.empty()) return Found{Found::Kind::kEnd};
  if (header.size() < kFrameHeaderSize) {
    return Found{Found::Kind::kTorn, {}, 0, header.size()};
  }
  const std::optional<uint64_t> length = PayloadLength(header);
  if (!length.has_value()) return Found{Found::Kind::kBadLength};
  if (*length > kMaxPayloadSize)
    return Found{Found::Kind::kTooLong, {}, *length};

  const auto payload_size = static_cast<size_t>(*length);
  const size_t size = kFrameHeaderSize + payload_size + kFrameFooterSize;
  MINIDL_ASSIGN_OR_RETURN(const absl::string_view frame, Peek(size));
  if (frame.size() < size) {
    return Found{Found::Kind::kTorn, {}, *length, frame.size()};
  }
  const absl::string_view payload =
      frame.substr(kFrameHeaderSize, payload_size);
  // Not by its bytes alone: Resynchronize looks at each byte for a record, and
  // the next one may have most of this one's bytes.
  const uint32_t crc =
      crc_.Of(offset_ + static_cast<int64_t>(kFrameHeaderSize), payload);
  const bool matches =
      FooterMatches(frame.substr(kFrameHeaderSize + payload_size), crc);
  return Found{matches ? Found::Kind::kRecord : Found::Kind::kBadContents,
               payload, *length, size};
}

absl::Status RecordReader::ErrorOf(const Found& found) const {
  const std::string where =
      absl::StrCat(path_, ": record ", num_records_, " at byte ", offset_);
  const auto corrupt = [&where](absl::string_view reason) {
    return absl::DataLossError(absl::StrCat(where, " is corrupt: ", reason));
  };
  switch (found.kind) {
    case Found::Kind::kEnd:
    case Found::Kind::kRecord:
      break;
    case Found::Kind::kTorn:
      return absl::OutOfRangeError(
          absl::StrCat(where, " is incomplete: the file ends after ",
                       found.size, " bytes of it, as a killed run leaves it"));
    case Found::Kind::kBadLength:
      return corrupt(absl::StrCat(
          "the checksum of its length does not match",
          num_records_ == 0 ? ", or this is not a record file" : ""));
    case Found::Kind::kTooLong:
      return corrupt(absl::StrCat("its length is ", found.length,
                                  " bytes, and at most ", kMaxPayloadSize,
                                  " are allowed"));
    case Found::Kind::kBadContents:
      return corrupt(absl::StrCat("the checksum of its ", found.length,
                                  " bytes of contents does not match"));
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::string_view> RecordReader::Peek(size_t size) {
  while (end_ - begin_ < size && !at_end_) {
    // Rather a larger buffer than many bytes moved for few that are consumed.
    if (end_ == buffer_.size() && begin_ >= buffer_.size() / 8) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      num_bytes_moved_ += static_cast<int64_t>(end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (end_ == buffer_.size()) {
      buffer_.resize(std::max(kBufferSize, 2 * buffer_.size()));
    }
    ssize_t count;
    do {
      count = read(file_.get(), buffer_.data() + end_, buffer_.size() - end_);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return FileError(path_, "cannot read");
    at_end_ = count == 0;
    end_ += static_cast<size_t>(count);
  }
  return absl::string_view(buffer_).substr(begin_,
                                           std::min(size, end_ - begin_));
}

void RecordReader::Consume(size_t size) {
  begin_ += size;
  offset_ += static_cast<int64_t>(size);
}

bool IsTornTail(const absl::Status& status) {
  return status.code() == absl::StatusCode::kOutOfRange;
}

bool IsBadRecord(const absl::Status& status) {
  return IsTornTail(status) || status.code() == absl::StatusCode::kDataLoss;
}

}  // namespace minidl
