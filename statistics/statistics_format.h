#ifndef MINIDL_STATISTICS_STATISTICS_FORMAT_H_
#define MINIDL_STATISTICS_STATISTICS_FORMAT_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/statistics.pb.h"
#include "statistics/statistics_tables.h"

namespace minidl {

enum class StatisticsFormat {
  // For a terminal of 80 to 120 columns.
  kText,
  // For GitHub and the like.
  kMarkdown,
  // For \input in a document that has \usepackage{booktabs}.
  kLatex,
  // One DataTable.
  kCsv,
  // All of it: StatisticsJson.
  kJson,
};

// The format called `name`: "text", "markdown", "latex", "csv" or "json".
// InvalidArgument for others.
absl::StatusOr<StatisticsFormat> ParseStatisticsFormat(absl::string_view name);

// `statistics` as tables, a sentence a comparison, then lints; or, where there
// is a `table`, that alone: kArchitectures is ResultTable, kLints a list. kCsv
// has one table, kArchitectures by default, and kJson all. Nothing depends on
// the locale.
std::string FormatStatistics(const proto::StudyStatistics& statistics,
                             StatisticsFormat format,
                             std::optional<DataTable> table = std::nullopt);

// `statistics` in protobuf's JSON, with the names of statistics.proto: numbers
// that do not exist are not there, zeros are, and seeds, which may be too large
// for a double, are strings.
std::string StatisticsJson(const proto::StudyStatistics& statistics);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_STATISTICS_FORMAT_H_
