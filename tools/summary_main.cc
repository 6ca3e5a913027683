// Says what training an architecture costs, layer by layer.
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/command_line.h"
#include "base/runfile.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "gflags/gflags.h"
#include "tools/console.h"
#include "tools/summary.h"

DEFINE_string(
    study, "",
    "Study whose batch size and optimizer count, and whose "
    "architectures if no file is named; empty for the default study.");
DEFINE_int32(batch_size, 0, "Pairs in a batch, instead of the study's.");
DEFINE_string(format, "text", "How to print: text or json.");

namespace minidl {
namespace {

absl::Status Run(const std::vector<std::string>& files,
                 const Console& console) {
  SummaryOptions options;
  options.files = files;
  if (FLAGS_study.empty()) {
    MINIDL_ASSIGN_OR_RETURN(
        options.study_file,
        FindRunfile("experiments/studies/default.textproto"));
  } else {
    options.study_file = UserPath(FLAGS_study);
  }
  if (IsFlagSet("batch_size")) options.batch_size = FLAGS_batch_size;
  options.format = FLAGS_format;
  return PrintSummaries(options, console);
}

}  // namespace
}  // namespace minidl

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "summary", "[flags] [ARCHITECTURE...]",
      "Prints the layers of each architecture file with their output shapes "
      "and parameters, and what a step of training costs: floating-point "
      "operations, forward and backward, and memory for parameters, "
      "activations, their gradients and the optimizer's state."};
  const std::vector<std::string> arguments =
      minidl::ParseCommandLine(usage, __FILE__, argc, argv);
  return minidl::RunOnConsole(usage, [&](const minidl::Console& console) {
    return minidl::Run(arguments, console);
  });
}
