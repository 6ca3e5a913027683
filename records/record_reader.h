#ifndef MINIDL_RECORDS_RECORD_READER_H_
#define MINIDL_RECORDS_RECORD_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "records/unique_fd.h"

namespace minidl {

// Reads the payloads of a record file (see frame.h), from its beginning, one at
// a time: a file or a pipe of any size in the memory of its largest record.
class RecordReader {
 public:
  // An error that names the file if it cannot be opened.
  static absl::StatusOr<RecordReader> Open(const std::string& path);

  // Reads from an open file; `path` is for messages.
  RecordReader(UniqueFd file, std::string path);

  // The next payload, or nullopt after the last one. Otherwise an error that
  // names the file, the record's number (from 0) and the byte at which it
  // starts:
  //  - OutOfRange (see IsTornTail): the file ends inside this record, as a run
  //    that was killed while writing leaves it. All records before it are good.
  //  - DataLoss: the record is corrupt, as the named checksum says, or longer
  //    than kMaxPayloadSize. Where the next one would start is unknown.
  //  - others: the system's reason why the file cannot be read.
  // After an error or the end, returns the same again.
  absl::StatusOr<std::optional<std::string>> Next();

  // How many payloads Next() has returned.
  int64_t num_records() const { return num_records_; }

  // The byte at which the last of them ends.
  int64_t offset() const { return offset_; }

  const std::string& path() const { return path_; }

 private:
  absl::StatusOr<std::optional<std::string>> ReadFrame();

  // The next `size` bytes, or fewer where the file ends. Allocates as they
  // arrive, not as `size` promises.
  absl::StatusOr<std::string> Read(uint64_t size);

  absl::Status Torn(size_t bytes) const;
  absl::Status Corrupt(const std::string& reason) const;
  std::string Where() const;

  UniqueFd file_;
  std::string path_;
  int64_t num_records_ = 0;
  int64_t offset_ = 0;
  absl::Status status_;

  // What has been read from the file but not yet asked for.
  std::string buffer_;
  size_t buffer_begin_ = 0;
};

// Whether `status`, from RecordReader::Next, says that the file ends inside a
// record.
bool IsTornTail(const absl::Status& status);

}  // namespace minidl

#endif  // MINIDL_RECORDS_RECORD_READER_H_
