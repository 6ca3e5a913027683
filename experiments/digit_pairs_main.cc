// Compares architectures that tell which of two digits is larger: the main
// experiment.

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/command_line.h"
#include "base/interrupt.h"
#include "base/runfile.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "experiments/digit_pairs.h"
#include "gflags/gflags.h"

DEFINE_string(study, "",
              "File with the study to run; empty for the default study.");
DEFINE_string(data_set, "",
              "mnist or fashion_mnist; empty for the study's data set.");
DEFINE_string(mnist_dir, "",
              "Directory with the data set's four files; empty for the ones "
              "that come with the program.");
DEFINE_string(architectures, "",
              "Names of the architectures and variants to run, separated by "
              "commas; empty for all.");
DEFINE_int32(rounds, 0, "How many rounds to run, instead of the study's.");
DEFINE_int32(only_round, 0, "Run this round alone, from 0.");
DEFINE_uint64(seed, 0, "Seed of all random numbers, instead of the study's.");
DEFINE_int32(epochs, 0, "Epochs of each training, instead of the study's.");
DEFINE_int32(jobs, 0, "Rounds to run at the same time; 0 for one a processor.");
DEFINE_string(output, "",
              "Record file to write; empty for digit_pairs-<time>.tfrecord.");
DEFINE_string(html, "",
              "Page with plots to write, for a browser; it follows the rounds. "
              "Empty for none.");
DEFINE_string(models, "",
              "Directory for the trained networks, ARCHITECTURE-ROUND.model, "
              "as //tools:predict uses them. Empty for none.");
DEFINE_bool(resume, false,
            "Run only the rounds that the --output file does not have yet.");
DEFINE_bool(resume_any_build, false,
            "Resume even what another build of the program has begun, whose "
            "rounds could differ; //tools:records -- replay tells.");
DEFINE_bool(print_plan, false,
            "Print what would run, and about how long; run nothing.");
DEFINE_string(
    on_divergence, "continue",
    "What follows a round whose training diverges: continue or stop.");

namespace minidl {
namespace {

absl::StatusOr<DigitPairsOptions> OptionsFromFlags() {
  DigitPairsOptions options;
  if (FLAGS_study.empty()) {
    MINIDL_ASSIGN_OR_RETURN(
        options.study_file,
        FindRunfile("experiments/studies/default.textproto"));
  } else {
    options.study_file = UserPath(FLAGS_study);
  }
  options.mnist_dir = FLAGS_mnist_dir;
  if (!FLAGS_architectures.empty()) {
    options.architectures = absl::StrSplit(FLAGS_architectures, ',');
  }
  if (IsFlagSet("rounds")) options.rounds = FLAGS_rounds;
  if (IsFlagSet("only_round")) options.only_round = FLAGS_only_round;
  if (IsFlagSet("seed")) options.seed = FLAGS_seed;
  if (IsFlagSet("epochs")) options.epochs = FLAGS_epochs;
  if (!FLAGS_data_set.empty()) options.data_set = FLAGS_data_set;
  if (FLAGS_jobs < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--jobs is ", FLAGS_jobs, "; expected at least 0"));
  }
  options.jobs =
      FLAGS_jobs > 0
          ? FLAGS_jobs
          : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  if (FLAGS_resume && FLAGS_output.empty()) {
    return absl::InvalidArgumentError(
        "--resume needs the --output file to resume");
  }
  if (FLAGS_resume_any_build && !FLAGS_resume) {
    return absl::InvalidArgumentError(
        "--resume_any_build needs --resume, which it makes less strict");
  }
  options.resume = FLAGS_resume;
  options.resume_any_build = FLAGS_resume_any_build;
  options.output =
      UserPath(FLAGS_output.empty()
                   ? absl::StrCat("digit_pairs-",
                                  absl::FormatTime("%Y%m%dT%H%M%S", absl::Now(),
                                                   absl::LocalTimeZone()),
                                  ".tfrecord")
                   : FLAGS_output);
  options.html = UserPath(FLAGS_html);
  options.models = UserPath(FLAGS_models);
  if (options.html == options.output) {
    return absl::InvalidArgumentError(
        absl::StrCat("--html and --output are both ", options.html));
  }
  if (FLAGS_on_divergence != "continue" && FLAGS_on_divergence != "stop") {
    return absl::InvalidArgumentError(
        absl::StrCat("--on_divergence is \"", FLAGS_on_divergence,
                     "\"; expected continue or stop"));
  }
  options.stop_on_divergence = FLAGS_on_divergence == "stop";
  return options;
}

absl::Status Main(const std::vector<std::string>& arguments) {
  MINIDL_RETURN_IF_ERROR(NoArguments(arguments));
  MINIDL_ASSIGN_OR_RETURN(const DigitPairsOptions options, OptionsFromFlags());
  MINIDL_RETURN_IF_ERROR(FLAGS_print_plan
                             ? PrintPlan(options)
                             : RunDigitPairs(options, CatchInterrupt()));
  return FlushStandardOutput();
}

}  // namespace
}  // namespace minidl

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "digit_pairs", "[flags]",
      "Trains networks to tell whether the first of two handwritten digits is "
      "less than or equal to the second, each architecture over many rounds in "
      "which data and initial weights are drawn anew. Writes a record of every "
      "round and prints mean errors with standard deviations."};
  return minidl::ReportStatus(usage, minidl::Main(minidl::ParseCommandLine(
                                         usage, __FILE__, argc, argv)));
}
