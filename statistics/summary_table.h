#ifndef MINIDL_STATISTICS_SUMMARY_TABLE_H_
#define MINIDL_STATISTICS_SUMMARY_TABLE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "statistics/summary.h"

namespace minidl {

enum class SummaryFormat {
  // For people: means ± standard deviations, rounded, then the notes.
  kText,
  kMarkdown,
  // For programs: a column a figure, exact, empty where there is none. It has
  // no place for the summary's notes, which the caller shows elsewhere.
  kCsv,
};

// The format called `name`, of "text", "markdown" and "csv". InvalidArgument
// for others.
absl::StatusOr<SummaryFormat> ParseSummaryFormat(absl::string_view name);

// The summary as a table of one row an architecture.
std::string FormatSummary(const Summary& summary, SummaryFormat format);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_SUMMARY_TABLE_H_
