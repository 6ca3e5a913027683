#include "records/new_record_file.h"

#include <cstddef>
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

namespace minidl {
namespace {

constexpr size_t kBufferSize = 1 << 20;

}  // namespace

absl::StatusOr<NewRecordFile> NewRecordFile::Create(const std::string& path) {
  MINIDL_ASSIGN_OR_RETURN(
      AtomicFile file, AtomicFile::Create(path, AtomicFile::Existing::kRefuse));
  return NewRecordFile(std::move(file));
}

NewRecordFile::NewRecordFile(AtomicFile file) : file_(std::move(file)) {}

absl::Status NewRecordFile::Append(absl::string_view payload) {
  MINIDL_CHECK(payload.size() <= kMaxPayloadSize, "a record of ",
               payload.size(), " bytes");
  absl::StrAppend(&buffer_, Frame(payload));
  return buffer_.size() < kBufferSize ? absl::OkStatus() : WriteBuffer();
}

absl::Status NewRecordFile::Commit() {
  MINIDL_RETURN_IF_ERROR(WriteBuffer());
  return file_.Commit();
}

absl::Status NewRecordFile::WriteBuffer() {
  const absl::Status written = file_.Write(buffer_);
  buffer_.clear();
  return written;
}

}  // namespace minidl
