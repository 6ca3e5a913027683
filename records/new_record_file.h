#ifndef MINIDL_RECORDS_NEW_RECORD_FILE_H_
#define MINIDL_RECORDS_NEW_RECORD_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/file.h"

namespace minidl {

// Writes a record file that appears when it is complete, or not at all: for
// records that exist elsewhere already. (A RecordWriter is for those that must
// not be lost.)
class NewRecordFile {
 public:
  // AlreadyExists if there is a file; see AtomicFile.
  static absl::StatusOr<NewRecordFile> Create(const std::string& path);

  // Of at most kMaxPayloadSize bytes.
  absl::Status Append(absl::string_view payload);

  // Call it once, after the last record.
  absl::Status Commit();

 private:
  explicit NewRecordFile(AtomicFile file);

  absl::Status WriteBuffer();

  AtomicFile file_;
  std::string buffer_;
};

}  // namespace minidl

#endif  // MINIDL_RECORDS_NEW_RECORD_FILE_H_
