#ifndef MINIDL_RECORDS_RECORD_READER_H_
#define MINIDL_RECORDS_RECORD_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "records/stream_crc32c.h"
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
  // After an error or the end, returns the same again; but see Resynchronize.
  absl::StatusOr<std::optional<std::string>> Next();

  // After an error that IsBadRecord, goes on behind the record that has it:
  // skips bytes up to the next one at which there is a whole record with the
  // right checksums, or to the end of the file. Next() gives what follows;
  // numbers count the good records only. An error if the file cannot be read.
  // Takes time that is linear in the number of bytes, even if all of them are
  // headers of long records that lie one in the other.
  absl::Status Resynchronize();

  // How many payloads Next() has returned.
  int64_t num_records() const { return num_records_; }

  // The byte at which the last of them ends, or to which Resynchronize has
  // skipped.
  int64_t offset() const { return offset_; }

  const std::string& path() const { return path_; }

  // How many bytes of payloads have been checksummed, and how many have been
  // moved in memory: what would grow with the square of a file's size first.
  int64_t num_bytes_checksummed() const { return crc_.num_bytes(); }
  int64_t num_bytes_moved() const { return num_bytes_moved_; }

 private:
  // What is at offset().
  struct Found {
    enum class Kind {
      kEnd,          // Of the file.
      kRecord,       // `payload`, valid until more is read.
      kTorn,         // The file ends inside of it, after `size` bytes.
      kBadLength,    // Its checksum does not match.
      kTooLong,      // `length` is more than kMaxPayloadSize.
      kBadContents,  // The checksum of `length` bytes does not match.
    };
    Kind kind;
    absl::string_view payload = {};
    uint64_t length = 0;
    size_t size = 0;
  };
  absl::StatusOr<Found> Look();

  // OK for the end and for records.
  absl::Status ErrorOf(const Found& found) const;

  // The next `size` bytes, or fewer where the file ends; they are not consumed.
  // Allocates as they arrive, not as `size` promises.
  absl::StatusOr<absl::string_view> Peek(size_t size);
  void Consume(size_t size);

  UniqueFd file_;
  std::string path_;
  int64_t num_records_ = 0;
  int64_t offset_ = 0;
  absl::Status status_;

  // What has been read from the file but not consumed is [begin_, end_).
  std::string buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool at_end_ = false;  // Of the file: there is nothing more to read.

  StreamCrc32c crc_;  // Of the file.
  int64_t num_bytes_moved_ = 0;
};

// Whether `status`, from RecordReader::Next, says that the file ends inside a
// record.
bool IsTornTail(const absl::Status& status);

// Whether it says that a record is torn or corrupt, so that
// RecordReader::Resynchronize goes on.
bool IsBadRecord(const absl::Status& status);

}  // namespace minidl

#endif  // MINIDL_RECORDS_RECORD_READER_H_
