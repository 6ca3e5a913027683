// Trains the mini framework's test network on points labelled by a disk.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/command_line.h"
#include "base/interrupt.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "experiments/disk_rounds.h"
#include "gflags/gflags.h"

DEFINE_uint64(
    seed, 0,
    "Seed of the data and of the initial weights; of the first round, "
    "and the next round has the next.");
DEFINE_int32(rounds, 1, "How often to draw data and weights, and train.");
DEFINE_int64(points, 1000, "Points in the training set, and in the test set.");
DEFINE_string(data, "",
              "NumPy archive of points to train and test on, as "
              "//data:generate_disk_sets writes it, instead of drawn ones. "
              "Rounds then differ in their weights alone.");
DEFINE_string(activation, "tanh", "relu, leaky_relu, gelu, tanh or sigmoid.");
DEFINE_string(optimizer, "sgd", "sgd, adam, adamw or rmsprop.");
DEFINE_string(schedule, "one_cycle",
              "Of the learning rate: one_cycle (up in the first 30 % of the "
              "steps, then down to 0), cosine (down to 0) or constant.");
DEFINE_double(learning_rate, 0,
              "The largest of the schedule, instead of what suits the "
              "optimizer.");
DEFINE_double(momentum, 0, "Of sgd.");
DEFINE_double(weight_decay, 1e-4, "Of the optimizer.");
DEFINE_int32(epochs, 400, "Passes over the training set.");
DEFINE_int64(batch_size, 10, "Points in each step.");
DEFINE_int32(log_every, 10,
             "Epochs between two lines of the log, if there is one round.");
DEFINE_string(plot, "",
              "Page to write, for a browser: learning curves, and what the "
              "networks answer where. Empty for none.");

namespace minidl {
namespace {

absl::Status Main(const std::vector<std::string>& arguments) {
  MINIDL_RETURN_IF_ERROR(NoArguments(arguments));
  if (!FLAGS_data.empty() && IsFlagSet("points")) {
    return absl::InvalidArgumentError(
        "--points is of points that are drawn; leave it out with --data");
  }
  DiskRoundsOptions options;
  options.data = UserPath(FLAGS_data);
  DiskOptions& training = options.training;
  training.seed = FLAGS_seed;
  training.points = FLAGS_points;
  training.epochs = FLAGS_epochs;
  training.batch_size = FLAGS_batch_size;
  training.activation = FLAGS_activation;
  training.optimizer = FLAGS_optimizer;
  training.schedule = FLAGS_schedule;
  if (IsFlagSet("learning_rate")) training.learning_rate = FLAGS_learning_rate;
  training.momentum = FLAGS_momentum;
  training.weight_decay = FLAGS_weight_decay;
  training.cancelled = &CatchInterrupt();
  options.rounds = FLAGS_rounds;
  options.log_every = FLAGS_log_every;
  options.plot = UserPath(FLAGS_plot);
  const absl::Status status = RunDiskRounds(options);
  MINIDL_RETURN_IF_ERROR(FlushStandardOutput());
  return status;
}

}  // namespace
}  // namespace minidl

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "disk", "[flags]",
      "Trains a network of 2, 25, 25, 25 and 2 units, by the mean squared "
      "error, to tell which points of the unit square lie inside the disk of "
      "radius 1/sqrt(2 pi) about its centre. The lowest test errors known are "
      "those of --activation=gelu --optimizer=adam."};
  return minidl::ReportStatus(usage, minidl::Main(minidl::ParseCommandLine(
                                         usage, __FILE__, argc, argv)));
}
