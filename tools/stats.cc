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
#include "proto/statistics.pb.h"
#include "report/page.h"
#include "report/page_data.h"
#include "statistics/statistics_format.h"
#include "statistics/statistics_tables.h"
#include "statistics/study_statistics.h"
#include "tools/console.h"
#include "tools/record_files.h"

namespace minidl {
namespace {

// What is printed, and how.
struct Output {
  StatisticsFormat format = StatisticsFormat::kText;
  DataTable table = DataTable::kArchitectures;
};

absl::StatusOr<Output> ParseOutput(const StatsOptions& options) {
  Output output;
  MINIDL_ASSIGN_OR_RETURN(output.format, ParseStatisticsFormat(options.format));
  if (options.table.empty()) return output;
  MINIDL_ASSIGN_OR_RETURN(output.table, ParseDataTable(options.table));
  if (output.format != StatisticsFormat::kCsv) {
    return absl::InvalidArgumentError(
        absl::StrCat("--table chooses a table of --format=csv; ",
                     options.format, " has all of them"));
  }
  return output;
}

absl::StatusOr<std::vector<proto::RunRecord>> ReadRecords(
    const std::vector<std::string>& paths, const Console& console) {
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
  return records;
}

void Tell(const proto::Lint& lint, const Console& console) {
  const std::string text = absl::StrCat(lint.message(), "; ", lint.advice());
  if (lint.severity() == proto::Lint::WARNING) {
    console.warn(text);
  } else {
    console.note(absl::StrCat("note: ", text));
  }
}

}  // namespace

absl::Status PrintStats(const StatsOptions& options, const Console& console) {
  MINIDL_ASSIGN_OR_RETURN(const Output output, ParseOutput(options));
  MINIDL_ASSIGN_OR_RETURN(const std::vector<std::string> paths,
                          RecordFilePaths(options.files));
  MINIDL_RETURN_IF_ERROR(CheckPageCanBeAt(options.html));
  MINIDL_ASSIGN_OR_RETURN(const std::vector<proto::RunRecord> records,
                          ReadRecords(paths, console));
  MINIDL_ASSIGN_OR_RETURN(
      const proto::StudyStatistics statistics,
      ComputeStudyStatistics(records, {options.baseline, /*order=*/{}}));
  // The other formats, and that table, have them.
  if (output.format == StatisticsFormat::kCsv &&
      output.table != DataTable::kLints) {
    for (const proto::Lint& lint : statistics.lints()) Tell(lint, console);
  }
  std::string text = FormatStatistics(statistics, output.format, output.table);
  if (!options.html.empty()) {
    MINIDL_RETURN_IF_ERROR(
        WritePage(options.html, MakePageData(records, statistics)));
    // The other formats are for programs, or parts of documents.
    if (output.format == StatisticsFormat::kText) {
      absl::StrAppend(&text, "\npage: ", options.html, "\n");
    }
  }
  return console.print(text);
}

}  // namespace minidl
