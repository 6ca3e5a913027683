// Turns record files into statistics.
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/command_line.h"
#include "base/user_path.h"
#include "gflags/gflags.h"
#include "tools/console.h"
#include "tools/stats.h"

DEFINE_string(format, "text",
              "How to print: text, markdown, latex, csv or json.");
DEFINE_string(table, "",
              "Print this alone: architectures (CSV's default), comparisons, "
              "contrasts, rounds or lints.");
DEFINE_string(architectures, "",
              "Names of the architectures to look at, separated by commas and "
              "in this order; empty for all.");
DEFINE_string(baseline, "",
              "The architecture to compare the others with; if empty, each is "
              "compared with each.");
DEFINE_string(html, "",
              "Page with plots to write, for a browser; empty for none.");

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "stats", "[flags] FILE...",
      "Prints what the run records in the files say: errors of each "
      "architecture, paired comparisons, what may be claimed, and what "
      "misleads. "
      "docs/STATISTICS.md has the formulas. A FILE of - is standard input, "
      "@LIST the files that LIST names, one a line."};
  const std::vector<std::string> arguments =
      minidl::ParseCommandLine(usage, __FILE__, argc, argv);
  minidl::StatsOptions options = {
      arguments,
      FLAGS_format,
      FLAGS_table,
      absl::StrSplit(FLAGS_architectures, ',', absl::SkipEmpty()),
      FLAGS_baseline,
      minidl::UserPath(FLAGS_html)};
  return minidl::RunOnConsole(usage, [&](const minidl::Console& console) {
    return minidl::PrintStats(options, console);
  });
}
