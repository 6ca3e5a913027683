// Checks a study, and writes its configurations: what Bazel runs before a
// study's rounds (see study.bzl).

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/command_line.h"
#include "base/status_macros.h"
#include "experiments/study_settings.h"
#include "gflags/gflags.h"

DEFINE_string(study, "", "File with the study.");
DEFINE_int32(rounds, 0, "How many rounds the study must have.");
DEFINE_uint64(seed, 0, "Seed of all random numbers, instead of the study's.");
DEFINE_string(data_set, "mnist", "The data set that the study must have.");
DEFINE_string(variants, "",
              "Names of the variants that it must have, separated by commas.");
DEFINE_string(variant_architectures, "",
              "Files that only variants must name, separated by commas.");
DEFINE_string(output, "", "Directory to write into.");

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
  options.output_directory = FLAGS_output;
  options.architecture_files = arguments;
  options.variants = absl::StrSplit(FLAGS_variants, ',', absl::SkipEmpty());
  options.variant_architecture_files =
      absl::StrSplit(FLAGS_variant_architectures, ',', absl::SkipEmpty());
  options.data_set = FLAGS_data_set;
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
      "for each of its architectures and variants what their rounds depend on: "
      "DIRECTORY/NAME/configuration.textproto. `bazel build` of a "
      "digit_pairs_study runs it; docs/DISTRIBUTED.md has more."};
  return minidl::ReportStatus(usage, minidl::Main(minidl::ParseCommandLine(
                                         usage, __FILE__, argc, argv)));
}
