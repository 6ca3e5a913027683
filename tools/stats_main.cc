// Turns record files into means and standard deviations.
#include <string>
#include <vector>

#include "base/command_line.h"
#include "gflags/gflags.h"
#include "tools/console.h"
#include "tools/stats.h"

DEFINE_string(format, "text", "How to print the table: text, markdown or csv.");

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "stats", "[flags] FILE...",
      "Prints what the run records in the files say about each architecture: "
      "means and standard deviations of the errors over all finished rounds. "
      "A FILE of - is standard input."};
  const std::vector<std::string> arguments =
      minidl::ParseCommandLine(usage, __FILE__, argc, argv);
  const minidl::StatsOptions options = {arguments, FLAGS_format};
  return minidl::RunOnConsole(usage, [&](const minidl::Console& console) {
    return minidl::PrintStats(options, console);
  });
}
