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
  // See ParseSummaryFormat.
  std::string format = "text";
};

// Prints the table of what the records of all files say. InvalidArgument,
// before any file is opened, for mistakes in the options; NotFound if there are
// no records.
absl::Status PrintStats(const StatsOptions& options, const Console& console);

}  // namespace minidl

#endif  // MINIDL_TOOLS_STATS_H_
