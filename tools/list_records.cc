#include "tools/list_records.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "proto/run_record.pb.h"
#include "statistics/error_rate.h"
#include "statistics/number_format.h"
#include "statistics/table.h"
#include "tools/console.h"
#include "tools/record_files.h"

namespace minidl {
namespace {

std::string StatusText(const proto::RunRecord& record) {
  switch (record.status()) {
    case proto::RunRecord::FINISHED:
      return "finished";
    case proto::RunRecord::DIVERGED:
      return absl::StrCat("diverged in epoch ", record.stopped_epoch(),
                          ", step ", record.stopped_step());
    default:
      return absl::StrCat("unknown (", static_cast<int>(record.status()), ")");
  }
}

std::string PercentText(const proto::ErrorCount& count) {
  return FormatFixed(ErrorPercent(count), 2);
}

std::string SecondsText(const proto::RunRecord& record) {
  if (!record.has_environment()) return kNotAvailable;
  return FormatFixed(record.environment().training_seconds(), 2);
}

// Paths, which are long, come last, so that the rest stays in sight.
std::vector<Column> Columns() {
  return {{"record"},
          {"architecture", Alignment::kLeft},
          {"round"},
          {"status", Alignment::kLeft},
          {"test %"},
          {"train %"},
          {"digit %"},
          {"time s"},
          {"study", Alignment::kLeft},
          {"seed"},
          {"file", Alignment::kLeft}};
}

std::vector<std::string> RowOf(const std::string& path, int64_t number,
                               const proto::RunRecord& record) {
  return {absl::StrCat(number),
          record.architecture().name(),
          absl::StrCat(record.round()),
          StatusText(record),
          PercentText(record.errors().test()),
          PercentText(record.errors().train()),
          PercentText(record.errors().test_digits()),
          SecondsText(record),
          record.study_name(),
          absl::StrCat(record.study_seed()),
          path};
}

}  // namespace

absl::Status ListRecords(const std::vector<std::string>& files,
                         const Console& console) {
  MINIDL_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                          RecordFilePaths(files));
  Table table;
  table.columns = Columns();
  absl::Status status;
  for (const std::string& path : paths) {
    status = ForEachRunRecord(
        path,
        [&table, &path](int64_t number, const proto::RunRecord& record) {
          table.rows.push_back(RowOf(path, number, record));
          return absl::OkStatus();
        },
        console.warn);
    if (!status.ok()) break;
  }
  // Also what comes before an error: the user wants to know how much is good.
  MINIDL_RETURN_IF_ERROR(console.print(TextTable(table)));
  return status;
}

}  // namespace minidl
