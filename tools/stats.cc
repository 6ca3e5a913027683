#include "tools/stats.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
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
  std::optional<DataTable> table;  // All of them, or CSV's first.
};

absl::StatusOr<Output> ParseOutput(const StatsOptions& options) {
  Output output;
  MINIDL_ASSIGN_OR_RETURN(output.format, ParseStatisticsFormat(options.format));
  if (options.table.empty()) return output;
  MINIDL_ASSIGN_OR_RETURN(output.table, ParseDataTable(options.table));
  if (output.format == StatisticsFormat::kJson) {
    return absl::InvalidArgumentError(
        "--table means nothing to --format=json, which has all of them");
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

// Keeps the records of these architectures alone.
absl::Status SelectArchitectures(const std::vector<std::string>& names,
                                 std::vector<proto::RunRecord>& records) {
  std::set<std::string> known;
  for (const proto::RunRecord& record : records) {
    known.insert(record.architecture().name());
  }
  for (const std::string& name : names) {
    if (known.count(name) > 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("no record of the architecture '", name,
                     "'; there are: ", absl::StrJoin(known, ", ")));
  }
  const auto is_other = [&names](const proto::RunRecord& record) {
    return std::find(names.begin(), names.end(),
                     record.architecture().name()) == names.end();
  };
  records.erase(std::remove_if(records.begin(), records.end(), is_other),
                records.end());
  return absl::OkStatus();
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
  MINIDL_ASSIGN_OR_RETURN(std::vector<proto::RunRecord> records,
                          ReadRecords(paths, console));
  if (!options.architectures.empty()) {
    MINIDL_RETURN_IF_ERROR(SelectArchitectures(options.architectures, records));
  }
  MINIDL_ASSIGN_OR_RETURN(
      const proto::StudyStatistics statistics,
      ComputeStudyStatistics(records,
                             {options.baseline, options.architectures}));
  const bool is_one_table =
      output.format == StatisticsFormat::kCsv || output.table.has_value();
  // What is not one table, and that one, has them.
  if (is_one_table && output.table != DataTable::kLints) {
    for (const proto::Lint& lint : statistics.lints()) Tell(lint, console);
  }
  std::string text = FormatStatistics(statistics, output.format, output.table);
  if (!options.html.empty()) {
    MINIDL_RETURN_IF_ERROR(
        WritePage(options.html, MakePageData(records, statistics)));
    // The other formats are for programs, or parts of documents.
    if (output.format == StatisticsFormat::kText && !is_one_table) {
      absl::StrAppend(&text, "\npage: ", options.html, "\n");
    }
  }
  return console.print(text);
}

}  // namespace minidl
