#include "tools/stats.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "proto/run_record.pb.h"
#include "statistics/summary.h"
#include "statistics/summary_table.h"
#include "tools/console.h"
#include "tools/record_files.h"

namespace minidl {

absl::Status PrintStats(const StatsOptions& options, const Console& console) {
  MINIDL_ASSIGN_OR_RETURN(const SummaryFormat format,
                          ParseSummaryFormat(options.format));
  MINIDL_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                          RecordFilePaths(options.files));
  std::vector<proto::RunRecord> records;
  for (const std::string& path : paths) {
    MINIDL_RETURN_IF_ERROR(ForEachRunRecord(
        path,
        [&records](int64_t, const proto::RunRecord& record) {
          records.push_back(record);
          return absl::OkStatus();
        },
        console.warn));
  }
  if (records.empty()) {
    return absl::NotFoundError(
        absl::StrCat(absl::StrJoin(paths, ", "), ": no complete run record"));
  }
  MINIDL_ASSIGN_OR_RETURN(const Summary summary, Summarize(records));
  if (format == SummaryFormat::kCsv) {
    for (const std::string& note : summary.notes) console.warn(note);
  }
  return console.print(FormatSummary(summary, format));
}

}  // namespace minidl
