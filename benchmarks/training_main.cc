// Measures how fast this framework trains.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "base/command_line.h"
#include "base/status_macros.h"
#include "benchmarks/measure_training.h"
#include "benchmarks/workloads.h"
#include "gflags/gflags.h"

DEFINE_string(workloads, "",
              "What to train, separated by commas: w1, w2, w1_digits, "
              "w2_digits, w3_batch1, w3_batch10, w3_batch100, w4, lenet, "
              "lenet_2threads or scale; empty for all.");
DEFINE_int32(repetitions, 5, "Trainings of each, of which the median counts.");
DEFINE_int32(epochs, 0, "Epochs of each training, instead of the workload's.");
DEFINE_int64(images, 0, "Images that lenet and scale take, instead of all.");

namespace minidl {
namespace {

absl::Status Main(const std::vector<std::string>& arguments) {
  MINIDL_RETURN_IF_ERROR(NoArguments(arguments));
  MeasureTrainingOptions options;
  if (FLAGS_workloads.empty()) {
    options.workloads = WorkloadNames();
    options.scale = true;
  } else {
    options.workloads = absl::StrSplit(FLAGS_workloads, ',');
    const auto scale = std::remove(options.workloads.begin(),
                                   options.workloads.end(), "scale");
    options.scale = scale != options.workloads.end();
    options.workloads.erase(scale, options.workloads.end());
  }
  options.repetitions = FLAGS_repetitions;
  if (IsFlagSet("epochs")) options.workload_options.epochs = FLAGS_epochs;
  if (IsFlagSet("images")) options.workload_options.images = FLAGS_images;
  MINIDL_RETURN_IF_ERROR(MeasureTraining(options));
  return FlushStandardOutput();
}

}  // namespace
}  // namespace minidl

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "training", "[flags]",
      "Measures what training takes: processor time, the share of what one "
      "core can compute, and memory. w1 and w2 are networks on pairs of "
      "images (random ones or digits), w3 the disk's network, lenet a "
      "convolutional network on MNIST, "
      "and scale that network with more images, channels or a larger batch."};
  return minidl::ReportStatus(usage, minidl::Main(minidl::ParseCommandLine(
                                         usage, __FILE__, argc, argv)));
}
