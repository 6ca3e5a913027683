// Checks a study, and writes what its rounds have in common: what Bazel runs
// before a study's rounds (see study.bzl).

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/command_line.h"
#include "base/status_macros.h"
#include "experiments/study_settings.h"
#include "gflags/gflags.h"

DEFINE_string(study, "", "File with the study.");
DEFINE_int32(rounds, 0, "How many rounds the study must have.");
DEFINE_uint64(seed, 0, "Seed of all random numbers, instead of the study's.");
DEFINE_string(output, "", "File to write.");

namespace minidl {
namespace {

absl::Status Main(const std::vector<std::string>& arguments) {
  for (const char* flag : {"study", "output"}) {
    if (!IsFlagSet(flag)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", flag, " is missing"));
    }
  }
  // Paths stay relative: messages are to name files as Bazel's users do.
  StudySettingsOptions options;
  options.study_file = FLAGS_study;
  options.output = FLAGS_output;
  options.architecture_files = arguments;
  if (IsFlagSet("rounds")) options.rounds = FLAGS_rounds;
  if (IsFlagSet("seed")) options.seed = FLAGS_seed;
  return WriteStudySettings(options);
}

}  // namespace
}  // namespace minidl

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "study_settings", "[flags] ARCHITECTURE_FILE...",
      "Checks that a study has these architectures and no mistakes, and writes "
      "what all its rounds depend on: the study without its number of rounds "
      "and its architectures. `bazel build` of a digit_pairs_study runs it; "
      "docs/DISTRIBUTED.md has more."};
  return minidl::ReportStatus(usage, minidl::Main(minidl::ParseCommandLine(
                                         usage, __FILE__, argc, argv)));
}
