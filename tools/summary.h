#ifndef MINIDL_TOOLS_SUMMARY_H_
#define MINIDL_TOOLS_SUMMARY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/console.h"
#include "tools/network_summary.pb.h"

namespace minidl {

struct SummaryOptions {
  // Architectures, as the user wrote them; none for all of the study.
  std::vector<std::string> files;
  // Its batch size and optimizer train them.
  std::string study_file;
  std::optional<int> batch_size;  // Instead of the study's.
  std::string format = "text";    // Or "json".
};

// Prints what a step of training costs in the layers of each architecture.
// InvalidArgument for mistakes in the options and the files, before anything is
// printed.
absl::Status PrintSummaries(const SummaryOptions& options,
                            const Console& console);

// `summary` as a table of at most 80 columns, and totals.
std::string SummaryTable(const proto::NetworkSummary& summary);

}  // namespace minidl

#endif  // MINIDL_TOOLS_SUMMARY_H_
