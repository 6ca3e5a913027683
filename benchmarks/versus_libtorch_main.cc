// Compares this framework with LibTorch and oneDNN.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/command_line.h"
#include "base/status_macros.h"
#include "benchmarks/compare_layers.h"
#include "benchmarks/compare_training.h"
#include "benchmarks/training_result.h"
#include "benchmarks/versus.h"
#include "benchmarks/workloads.h"
#include "gflags/gflags.h"

DEFINE_string(workloads, "",
              "What to train, separated by commas: w1, w2, w1_digits, "
              "w2_digits, w3_batch1, w3_batch10, w3_batch100, w4, lenet, "
              "lenet_2threads or layers, which are single layers by oneDNN; "
              "empty for all.");
DEFINE_int32(repetitions, 5,
             "Trainings of each by each side, of which the median counts.");
DEFINE_int32(epochs, 0, "Epochs of each training, instead of the workload's.");
DEFINE_int64(images, 0, "Images that lenet takes, instead of all.");
DEFINE_string(side, "",
              "Train once, by this side alone (ours, plain or tuned), and "
              "print processor time, time and the loss of each epoch.");

namespace minidl {
namespace {

absl::Status TrainBySide(const std::string& side,
                         const CompareTrainingOptions& options) {
  for (const std::string& name : options.workloads) {
    MINIDL_ASSIGN_OR_RETURN(const Workload workload,
                            LoadWorkload(name, options.workload_options));
    MINIDL_ASSIGN_OR_RETURN(const TrainingResult result,
                            TrainSide(side, workload));
    std::printf("%s\n", FormatResult(result).c_str());
  }
  return absl::OkStatus();
}

absl::Status Main(const std::vector<std::string>& arguments) {
  MINIDL_RETURN_IF_ERROR(NoArguments(arguments));
  CompareTrainingOptions options;
  bool layers = true;
  if (FLAGS_workloads.empty()) {
    options.workloads = WorkloadNames();
  } else {
    options.workloads = absl::StrSplit(FLAGS_workloads, ',');
    const auto end = std::remove(options.workloads.begin(),
                                 options.workloads.end(), "layers");
    layers = end != options.workloads.end();
    options.workloads.erase(end, options.workloads.end());
  }
  if (FLAGS_repetitions < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--repetitions is ", FLAGS_repetitions, "; expected at least 1"));
  }
  options.repetitions = FLAGS_repetitions;
  if (IsFlagSet("epochs")) options.workload_options.epochs = FLAGS_epochs;
  if (IsFlagSet("images")) options.workload_options.images = FLAGS_images;
  MINIDL_RETURN_IF_ERROR(
      CheckWorkloads(options.workloads, options.workload_options));
  absl::Status status;
  if (!FLAGS_side.empty()) {
    status = TrainBySide(FLAGS_side, options);
  } else {
    if (!options.workloads.empty()) status = CompareTrainings(options);
    if (layers) {
      if (!options.workloads.empty()) std::printf("\n");
      status.Update(CompareLayers(options.repetitions));
    }
  }
  status.Update(FlushStandardOutput());
  return status;
}

}  // namespace
}  // namespace minidl

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "versus_libtorch", "[flags]",
      "Trains the same networks from the same weights on the same batches by "
      "this framework and by LibTorch, as its documentation shows (plain) and "
      "with channels-last images, AVX-512 and a malloc that keeps its memory "
      "(tuned), in turn, and compares the time. Fails if the losses differ."};
  const absl::Status one_thread = minidl::UseOneThread(argv);
  if (!one_thread.ok()) return minidl::ReportStatus(usage, one_thread);
  return minidl::ReportStatus(usage, minidl::Main(minidl::ParseCommandLine(
                                         usage, __FILE__, argc, argv)));
}
