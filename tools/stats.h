#ifndef MINIDL_TOOLS_STATS_H_
#define MINIDL_TOOLS_STATS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/console.h"

namespace minidl {

struct StatsOptions {
  // As the user wrote them: see RecordFilePaths.
  std::vector<std::string> files;
  // See ParseStatisticsFormat.
  std::string format = "text";
  // The one table to print: see ParseDataTable. Empty for all, and for CSV's
  // first; not for JSON.
  std::string table;
  // The architectures to look at, in this order; empty for all.
  std::vector<std::string> architectures;
  // The architecture to compare the others with; empty for each with each.
  std::string baseline;
  // The absolute path of the page to write: see WritePage. Empty for none.
  std::string html;
};

// Prints what the records of all files say: see FormatStatistics; and writes
// their page. InvalidArgument, before any file is opened where that can tell,
// for mistakes in the options; NotFound if there are no records.
absl::Status PrintStats(const StatsOptions& options, const Console& console);

}  // namespace minidl

#endif  // MINIDL_TOOLS_STATS_H_
