#include "records/run_records.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "proto/run_record.pb.h"
#include "records/record_reader.h"
#include "records/record_writer.h"

namespace minidl {

std::string DataSetOf(const proto::RunRecord& record) {
  return record.data_set().empty() ? kDefaultDataSet : record.data_set();
}

std::string SerializeRunRecord(const proto::RunRecord& record) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    record.SerializeToCodedStream(&coded);
  }
  return bytes;
}

absl::Status AppendRunRecord(const proto::RunRecord& record,
                             RecordWriter& writer) {
  MINIDL_CHECK(record.schema_version() == kRunRecordSchemaVersion,
               "a record of schema version ", record.schema_version());
  return writer.Append(SerializeRunRecord(record));
}

absl::StatusOr<proto::RunRecord> ParseRunRecord(const std::string& payload) {
  proto::RunRecord record;
  if (!record.ParseFromString(payload)) {
    return absl::FailedPreconditionError(
        absl::StrCat("is not a run record: its contents are not a ",
                     record.GetTypeName(), " message"));
  }
  if (record.schema_version() != kRunRecordSchemaVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("has schema version ", record.schema_version(),
                     "; this program reads version ", kRunRecordSchemaVersion));
  }
  return record;
}

absl::StatusOr<RunRecordReader> RunRecordReader::Open(const std::string& path) {
  MINIDL_ASSIGN_OR_RETURN(RecordReader reader, RecordReader::Open(path));
  return RunRecordReader(std::move(reader));
}

RunRecordReader::RunRecordReader(RecordReader reader)
    : reader_(std::move(reader)) {}

absl::StatusOr<std::optional<proto::RunRecord>> RunRecordReader::Next() {
  const int64_t number = reader_.num_records();
  const int64_t begin = reader_.offset();
  MINIDL_ASSIGN_OR_RETURN(const std::optional<std::string> payload,
                          reader_.Next());
  if (!payload.has_value()) return std::nullopt;
  absl::StatusOr<proto::RunRecord> record = ParseRunRecord(*payload);
  if (!record.ok()) {
    return absl::Status(
        record.status().code(),
        absl::StrCat(reader_.path(), ": record ", number, " at byte ", begin,
                     " ", record.status().message()));
  }
  return *std::move(record);
}

absl::StatusOr<std::vector<proto::RunRecord>> ReadRunRecords(
    absl::Span<const std::string> paths) {
  std::vector<proto::RunRecord> records;
  for (const std::string& path : paths) {
    MINIDL_ASSIGN_OR_RETURN(RunRecordReader reader,
                            RunRecordReader::Open(path));
    while (true) {
      MINIDL_ASSIGN_OR_RETURN(std::optional<proto::RunRecord> record,
                              reader.Next());
      if (!record.has_value()) break;
      records.push_back(*std::move(record));
    }
  }
  return records;
}

int CountEnded(absl::Span<const proto::RunRecord> records) {
  return static_cast<int>(std::count_if(
      records.begin(), records.end(), [](const proto::RunRecord& record) {
        return record.status() != proto::RunRecord::INTERRUPTED;
      }));
}

proto::RunRecord ReproducibleForm(proto::RunRecord record) {
  record.clear_environment();
  return record;
}

}  // namespace minidl
