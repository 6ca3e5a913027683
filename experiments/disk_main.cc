// Trains the mini framework's test network on points labelled by a disk.

#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/command_line.h"
#include "base/status_macros.h"
#include "experiments/disk.h"
#include "gflags/gflags.h"

DEFINE_uint64(seed, 0, "Seed of the data and of the initial weights.");
DEFINE_int64(points, 1000, "Points in the training set, and in the test set.");
DEFINE_int32(epochs, 250, "Passes over the training set.");
DEFINE_int64(batch_size, 10, "Points in each step.");
DEFINE_double(learning_rate, 0.1,
              "Of stochastic gradient descent: the largest, at 30 % of the "
              "steps, of a cycle that starts and ends lower.");
DEFINE_double(momentum, 0, "Of stochastic gradient descent.");
DEFINE_int32(log_every, 10, "Epochs between two lines of the log.");

namespace minidl {
namespace {

absl::Status Main(const std::vector<std::string>& arguments) {
  MINIDL_RETURN_IF_ERROR(NoArguments(arguments));
  if (FLAGS_log_every < 1) {
    return absl::InvalidArgumentError("--log_every is not at least 1");
  }
  DiskOptions options;
  options.seed = FLAGS_seed;
  options.points = FLAGS_points;
  options.epochs = FLAGS_epochs;
  options.batch_size = FLAGS_batch_size;
  options.learning_rate = FLAGS_learning_rate;
  options.momentum = FLAGS_momentum;
  const auto log = [&options](int epoch, double loss) {
    if (epoch % FLAGS_log_every == 0 || epoch == options.epochs) {
      std::printf("epoch %d/%d: loss %.5f\n", epoch, options.epochs, loss);
    }
  };
  MINIDL_ASSIGN_OR_RETURN(const DiskResult result, RunDisk(options, log));
  std::printf("train error: %.2f%%\ntest error: %.2f%%\n",
              100 * result.train_error, 100 * result.test_error);
  return FlushStandardOutput();
}

}  // namespace
}  // namespace minidl

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "disk", "[flags]",
      "Trains a network of 2, 25, 25, 25 and 2 units, by the mean squared "
      "error and stochastic gradient descent, to tell which points of the unit "
      "square lie inside the disk of radius 1/sqrt(2 pi) about its centre."};
  return minidl::ReportStatus(usage, minidl::Main(minidl::ParseCommandLine(
                                         usage, __FILE__, argc, argv)));
}
