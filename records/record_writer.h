#ifndef MINIDL_RECORDS_RECORD_WRITER_H_
#define MINIDL_RECORDS_RECORD_WRITER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "records/unique_fd.h"

namespace minidl {

// Writes payloads to a record file (see frame.h), so that whatever happens to
// the program or the disk, the records whose Append has succeeded stay.
//
// A writer locks its file against other writers (flock, so only against
// programs that ask) until it is destroyed. Readers take no lock and see whole
// records, perhaps followed by a torn one that is being written.
//
// Not thread-safe: the caller sees to it that one thread at a time appends.
class RecordWriter {
 public:
  // Makes an empty file. AlreadyExists if there is one: results are never
  // overwritten. What exists but is not a regular file (a pipe, /dev/stdout on
  // a terminal) is written to as it is, without lock, flush or recovery.
  static absl::StatusOr<RecordWriter> Create(const std::string& path);

  // Opens a file that exists, to write after its last complete record. If the
  // file ends inside a record, as a killed run leaves it, the incomplete one is
  // cut off; see cut_bytes(). Errors, which leave the file as it is:
  //  - NotFound: there is no such file; Create makes one.
  //  - FailedPrecondition: another program is writing it, or it is not a
  //    regular file.
  //  - DataLoss: a record is corrupt, as RecordReader says.
  static absl::StatusOr<RecordWriter> OpenForAppend(const std::string& path);

  // How many bytes of an incomplete record OpenForAppend has cut off.
  int64_t cut_bytes() const { return cut_bytes_; }

  // Writes one record and flushes it to the disk. If that fails (a full disk),
  // cuts off what was written of it, so that the file still ends with its last
  // complete record, and a later Append may succeed. Where not even that is
  // possible the error says so, and every later Append fails with it. A payload
  // longer than kMaxPayloadSize is ResourceExhausted.
  absl::Status Append(absl::string_view payload);

 private:
  RecordWriter(UniqueFd file, std::string path, bool is_regular);

  absl::Status Lock();
  absl::Status CutTornTail();

  // Cuts the file to its complete records.
  absl::Status Truncate();

  UniqueFd file_;
  std::string path_;
  bool is_regular_;
  // Size of the file's complete records.
  int64_t size_ = 0;
  int64_t cut_bytes_ = 0;
  // Why no record can be written any more.
  absl::Status broken_;
};

}  // namespace minidl

#endif  // MINIDL_RECORDS_RECORD_WRITER_H_
