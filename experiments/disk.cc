#include "experiments/disk.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "data/disk_set.h"
#include "data/standardize.h"
#include "nn/linear.h"
#include "nn/loss.h"
#include "nn/optimizer.h"
#include "nn/relu.h"
#include "nn/schedule.h"
#include "nn/sequential.h"
#include "tensor/flush_denormals.h"
#include "tensor/generator.h"
#include "tensor/layout.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr int64_t kHiddenUnits = 25;
constexpr int kHiddenLayers = 3;

void BuildNetwork(Generator& generator, Sequential& network) {
  int64_t features = 2;
  for (int i = 0; i < kHiddenLayers; ++i) {
    network.Emplace<Linear>(features, kHiddenUnits, generator);
    network.Emplace<ReLU>();
    features = kHiddenUnits;
  }
  network.Emplace<Linear>(features, 2, generator);
  network.SetNeedsInputGradient(false);
}

double ErrorRate(const DiskSet& set, Sequential& network) {
  const Tensor<float>& output = network.Forward(set.points);
  int64_t wrong = 0;
  for (int64_t i = 0; i < output.shape()[0]; ++i) {
    const int64_t answer = output(i, 1) > output(i, 0) ? 1 : 0;
    if (answer != set.labels(i)) ++wrong;
  }
  return static_cast<double>(wrong) / static_cast<double>(output.shape()[0]);
}

}  // namespace

absl::Status ValidateDiskOptions(const DiskOptions& options) {
  const auto error = [](absl::string_view flag, const absl::AlphaNum& value,
                        const absl::AlphaNum& expected) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, " is ", value, "; expected ", expected));
  };
  // A standard deviation takes two.
  if (options.points < 2) return error("points", options.points, "at least 2");
  if (options.epochs < 1) return error("epochs", options.epochs, "at least 1");
  if (options.batch_size < 1 || options.batch_size > options.points) {
    return error("batch_size", options.batch_size,
                 absl::StrCat("1 to --points, ", options.points));
  }
  if (!(options.learning_rate > 0 && std::isfinite(options.learning_rate))) {
    return error("learning_rate", options.learning_rate, "a positive number");
  }
  if (!(0 <= options.momentum && options.momentum < 1)) {
    return error("momentum", options.momentum, "at least 0 and less than 1");
  }
  return absl::OkStatus();
}

absl::StatusOr<DiskResult> RunDisk(
    const DiskOptions& options,
    const std::function<void(int epoch, double loss)>& log) {
  MINIDL_RETURN_IF_ERROR(ValidateDiskOptions(options));
  const FlushDenormals flush_denormals;
  Generator generator(options.seed);
  MINIDL_ASSIGN_OR_RETURN(DiskSet train,
                          GenerateDiskSet(options.points, generator));
  MINIDL_ASSIGN_OR_RETURN(DiskSet test,
                          GenerateDiskSet(options.points, generator));
  Standardize(/*num_features=*/2, train.points, test.points);

  Sequential network;
  BuildNetwork(generator, network);
  SGD::Options sgd_options;
  sgd_options.learning_rate = options.learning_rate;
  sgd_options.momentum = options.momentum;
  SGD optimizer(network.Parameters(), sgd_options);
  LossMSE loss;
  const int64_t steps_per_epoch =
      (options.points + options.batch_size - 1) / options.batch_size;
  const int64_t total_steps = options.epochs * steps_per_epoch;
  int64_t step = 0;
  Tensor<float> points;
  Tensor<float> targets;
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    const Tensor<int64_t> order = RandomPermutation(options.points, generator);
    double sum = 0;
    for (int64_t start = 0; start < options.points;
         start += options.batch_size) {
      const absl::Span<const int64_t> rows = order.values().subspan(
          static_cast<size_t>(start), static_cast<size_t>(options.batch_size));
      GatherRows(train.points, rows, points);
      GatherRows(train.targets, rows, targets);
      sum += loss.Forward(network.Forward(points), targets) *
             static_cast<double>(rows.size());
      optimizer.ZeroGradients();
      network.Backward(loss.Backward());
      optimizer.set_learning_rate(
          OneCycleLearningRate(options.learning_rate, step++, total_steps));
      optimizer.Step();
    }
    const double mean_loss = sum / static_cast<double>(options.points);
    if (!std::isfinite(mean_loss)) {
      return absl::OutOfRangeError(
          absl::StrCat("training diverged: the loss of epoch ", epoch, " is ",
                       mean_loss, "; lower --learning_rate"));
    }
    log(epoch, mean_loss);
  }
  return DiskResult{ErrorRate(train, network), ErrorRate(test, network)};
}

}  // namespace minidl
