#ifndef MINIDL_RECORDS_RUN_RECORDS_H_
#define MINIDL_RECORDS_RUN_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "proto/run_record.pb.h"
#include "records/record_reader.h"
#include "records/record_writer.h"

namespace minidl {

// The meaning of RunRecord's fields that this program writes and reads.
inline constexpr int32_t kRunRecordSchemaVersion = 1;

// The data set of records that name none.
inline constexpr char kDefaultDataSet[] = "mnist";

// The data set whose pairs `record` was run on: never empty.
std::string DataSetOf(const proto::RunRecord& record);

// The bytes of `record`: the same for the same record, in every run of the same
// program.
std::string SerializeRunRecord(const proto::RunRecord& record);

// Appends `record`, whose schema_version is kRunRecordSchemaVersion.
absl::Status AppendRunRecord(const proto::RunRecord& record,
                             RecordWriter& writer);

// The run record in `payload`. FailedPrecondition if it is none of
// kRunRecordSchemaVersion, in words that follow the payload's name: "is not a
// run record: ..."
absl::StatusOr<proto::RunRecord> ParseRunRecord(const std::string& payload);

// Reads the run records of a file one at a time.
class RunRecordReader {
 public:
  static absl::StatusOr<RunRecordReader> Open(const std::string& path);

  // The next record, or nullopt after the last one. The errors are those of
  // RecordReader::Next, where IsTornTail tells a torn tail, and
  // FailedPrecondition for what is in the file but is not a run record of
  // kRunRecordSchemaVersion, behind which the next call goes on; they name the
  // file, the record and its first byte.
  absl::StatusOr<std::optional<proto::RunRecord>> Next();

 private:
  explicit RunRecordReader(RecordReader reader);

  RecordReader reader_;
};

// All records of the files at `paths`, in order; or the first error, which a
// torn tail is too.
absl::StatusOr<std::vector<proto::RunRecord>> ReadRunRecords(
    absl::Span<const std::string> paths);

// How many of the rounds have ended: finished, or diverged, but were not
// interrupted.
int CountEnded(absl::Span<const proto::RunRecord> records);

// `record` without what differs from run to run: its `environment`.
proto::RunRecord ReproducibleForm(proto::RunRecord record);

}  // namespace minidl

#endif  // MINIDL_RECORDS_RUN_RECORDS_H_
