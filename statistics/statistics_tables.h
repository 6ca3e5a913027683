#ifndef MINIDL_STATISTICS_STATISTICS_TABLES_H_
#define MINIDL_STATISTICS_STATISTICS_TABLES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/statistics.pb.h"
#include "statistics/table.h"

namespace minidl {

// For people: rounded, "n/a" where a figure does not exist.

// For documents, a row an architecture: rounds used, parameters, errors as mean
// ± standard deviation with the interval of the test error's mean, and what
// became of rounds that are not used, if any. Where there is a baseline, the
// paired difference of the test error to it with interval and adjusted p.
Table ResultTable(const proto::StudyStatistics& statistics);

// The test error of each architecture: all of its Estimate.
Table TestErrorTable(const proto::StudyStatistics& statistics);
// A row a comparison.
Table ComparisonTable(const proto::StudyStatistics& statistics);
// A row a contrast.
Table ContrastTable(const proto::Factorial& factorial);

// For programs: exact, a column a field of statistics.proto, empty where it is
// not there.
enum class DataTable {
  kArchitectures,
  kComparisons,
  kContrasts,
  kRounds,
  kLints
};

// The table called `name`: "architectures", "comparisons", "contrasts",
// "rounds" or "lints". InvalidArgument for others.
absl::StatusOr<DataTable> ParseDataTable(absl::string_view name);

Table MakeDataTable(const proto::StudyStatistics& statistics, DataTable table);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_STATISTICS_TABLES_H_
