// Runs one round of a study: what Bazel runs for each (see study.bzl).

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/command_line.h"
#include "base/interrupt.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "experiments/run_round.h"
#include "gflags/gflags.h"

DEFINE_string(configuration, "",
              "File with the configuration, as study_settings writes it.");
DEFINE_string(
    mnist_dir, "",
    "Directory with the data set's four files; empty for the ones that "
    "come with the program.");
DEFINE_int32(round, 0, "Which round to run, from 0.");
DEFINE_string(output, "", "Record file to write, which must not exist.");

namespace minidl {
namespace {

absl::Status Main(const std::vector<std::string>& arguments) {
  MINIDL_RETURN_IF_ERROR(NoArguments(arguments));
  for (const char* flag : {"configuration", "round", "output"}) {
    if (!IsFlagSet(flag)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", flag, " is missing"));
    }
  }
  RunRoundOptions options;
  options.configuration_file = UserPath(FLAGS_configuration);
  options.mnist_dir = FLAGS_mnist_dir;
  options.round = FLAGS_round;
  options.output = UserPath(FLAGS_output);
  return WriteRound(options, CatchInterrupt());
}

}  // namespace
}  // namespace minidl

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "run_round", "[flags]",
      "Runs one round of one configuration of a study and writes its record, "
      "without what differs from run to run: the same bytes on every machine "
      "with fused multiply-adds. `bazel build` of a digit_pairs_study runs it; "
      "docs/DISTRIBUTED.md has more."};
  return minidl::ReportStatus(usage, minidl::Main(minidl::ParseCommandLine(
                                         usage, __FILE__, argc, argv)));
}
