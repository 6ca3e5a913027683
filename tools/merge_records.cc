#include "tools/merge_records.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "proto/run_record.pb.h"
#include "records/new_record_file.h"
#include "records/run_records.h"
#include "statistics/number_format.h"
#include "tools/console.h"
#include "tools/distinct_runs.h"
#include "tools/record_files.h"

namespace minidl {

absl::Status MergeRecords(const std::vector<std::string>& files,
                          const std::string& output,
                          const std::atomic<bool>& cancelled,
                          const Console& console) {
  MINIDL_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                          RecordFilePaths(files));
  MINIDL_ASSIGN_OR_RETURN(const std::string target, OutputPath(output));
  MINIDL_ASSIGN_OR_RETURN(NewRecordFile merged, NewRecordFile::Create(target));
  int64_t written = 0;
  MINIDL_ASSIGN_OR_RETURN(
      const int64_t left_out,
      ForEachDistinctRun(
          paths,
          [&](const proto::RunRecord& record) {
            if (cancelled) return InterruptedError(target);
            ++written;
            return merged.Append(SerializeRunRecord(record));
          },
          console.warn));
  if (cancelled) return InterruptedError(target);
  MINIDL_RETURN_IF_ERROR(merged.Commit());
  console.note(absl::StrCat(target, ": ", FormatCount(written), " records; ",
                            FormatCount(left_out), " repeated ones left out"));
  return absl::OkStatus();
}

}  // namespace minidl
