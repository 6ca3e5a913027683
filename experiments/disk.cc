#include "experiments/disk.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "data/disk_set.h"
#include "nn/gelu.h"
#include "nn/leaky_relu.h"
#include "nn/linear.h"
#include "nn/loss.h"
#include "nn/module.h"
#include "nn/optimizer.h"
#include "nn/parameter.h"
#include "nn/relu.h"
#include "nn/schedule.h"
#include "nn/sequential.h"
#include "nn/sigmoid.h"
#include "nn/tanh.h"
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

// What the options name.

struct Activation {
  const char* name;
  std::unique_ptr<Module> (*make)();
};

template <typename M>
std::unique_ptr<Module> Make() {
  return std::make_unique<M>();
}

constexpr Activation kActivations[] = {
    {"relu", Make<ReLU>}, {"leaky_relu", Make<LeakyReLU>}, {"gelu", Make<GELU>},
    {"tanh", Make<Tanh>}, {"sigmoid", Make<Sigmoid>},
};

struct OptimizerKind {
  const char* name;
  double learning_rate;  // Unless the options have one.
  std::unique_ptr<Optimizer> (*make)(std::vector<NamedParameter> parameters,
                                     const DiskOptions& options,
                                     double learning_rate);
};

template <typename O>
std::unique_ptr<Optimizer> MakeOptimizer(std::vector<NamedParameter> parameters,
                                         const DiskOptions& options,
                                         double learning_rate) {
  typename O::Options chosen;
  chosen.learning_rate = learning_rate;
  chosen.weight_decay = options.weight_decay;
  if constexpr (std::is_same_v<O, SGD>) chosen.momentum = options.momentum;
  return std::make_unique<O>(std::move(parameters), chosen);
}

constexpr OptimizerKind kOptimizers[] = {
    {"sgd", 0.05, MakeOptimizer<SGD>},
    {"adam", 0.01, MakeOptimizer<Adam>},
    {"adamw", 0.01, MakeOptimizer<AdamW>},
    {"rmsprop", 0.001, MakeOptimizer<RMSprop>},
};

struct Schedule {
  const char* name;
  double (*learning_rate)(double peak, int64_t step, int64_t total_steps);
};

double ConstantLearningRate(double peak, int64_t /*step*/,
                            int64_t /*total_steps*/) {
  return peak;
}

constexpr Schedule kSchedules[] = {
    {"one_cycle", OneCycleLearningRate},
    {"cosine", CosineLearningRate},
    {"constant", ConstantLearningRate},
};

// The kind of this name; null if there is none.
template <typename T, size_t n>
const T* Find(const T (&kinds)[n], absl::string_view name) {
  for (const T& kind : kinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

// "relu, tanh".
template <typename T, size_t n>
std::string Names(const T (&kinds)[n]) {
  return absl::StrJoin(kinds, ", ", [](std::string* out, const T& kind) {
    absl::StrAppend(out, kind.name);
  });
}

// Of the training set.
int64_t NumPoints(const DiskOptions& options) {
  return options.sets == nullptr ? options.points
                                 : options.sets->train.labels.size();
}

double PeakLearningRate(const DiskOptions& options) {
  return options.learning_rate.value_or(
      Find(kOptimizers, options.optimizer)->learning_rate);
}

// What the network sees of points of the unit square: coordinates of mean 0 and
// deviation 1, as those of uniformly distributed points have with 1/2 and
// 1/sqrt(12).
Tensor<float> NetworkInputs(const Tensor<float>& points) {
  const float scale = std::sqrt(12.0F);
  Tensor<float> inputs(points.shape());
  for (int64_t i = 0; i < points.size(); ++i) {
    inputs.data()[i] = (points.data()[i] - 0.5F) * scale;
  }
  return inputs;
}

// What it should answer: 1 in the unit of the label and -1 in the other, where
// one-hot labels have 1 and 0.
Tensor<float> NetworkTargets(const Tensor<float>& one_hot) {
  Tensor<float> targets(one_hot.shape());
  for (int64_t i = 0; i < one_hot.size(); ++i) {
    targets.data()[i] = 2 * one_hot.data()[i] - 1;
  }
  return targets;
}

std::unique_ptr<Sequential> BuildNetwork(const std::string& activation,
                                         Generator& generator) {
  auto network = std::make_unique<Sequential>();
  int64_t features = 2;
  for (int i = 0; i < kHiddenLayers; ++i) {
    network->Emplace<Linear>(features, kHiddenUnits, generator);
    network->Add(Find(kActivations, activation)->make());
    features = kHiddenUnits;
  }
  network->Emplace<Linear>(features, 2, generator);
  network->SetNeedsInputGradient(false);
  return network;
}

DiskSet Clone(const DiskSet& set) {
  return {set.points.Clone(), set.labels.Clone(), set.targets.Clone()};
}

double ErrorRate(const DiskSet& set, Sequential& network) {
  const Tensor<int64_t> answers = DiskAnswers(set.points, network);
  int64_t wrong = 0;
  for (int64_t i = 0; i < answers.size(); ++i) {
    if (answers(i) != set.labels(i)) ++wrong;
  }
  return static_cast<double>(wrong) / static_cast<double>(answers.size());
}

}  // namespace

absl::Status ValidateDiskOptions(const DiskOptions& options) {
  const auto error = [](absl::string_view flag, const absl::AlphaNum& value,
                        const absl::AlphaNum& expected) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, " is ", value, "; expected ", expected));
  };
  if (options.sets == nullptr &&
      (options.points < 1 || options.points > kMaxDiskPoints)) {
    return error("points", options.points,
                 absl::StrCat("1 to ", kMaxDiskPoints));
  }
  if (options.epochs < 1) return error("epochs", options.epochs, "at least 1");
  if (options.batch_size < 1 || options.batch_size > NumPoints(options)) {
    return error(
        "batch_size", options.batch_size,
        absl::StrCat("1 to ",
                     options.sets == nullptr ? "--points" : "the points given",
                     ", ", NumPoints(options)));
  }
  if (Find(kActivations, options.activation) == nullptr) {
    return error("activation", options.activation, Names(kActivations));
  }
  if (Find(kOptimizers, options.optimizer) == nullptr) {
    return error("optimizer", options.optimizer, Names(kOptimizers));
  }
  if (Find(kSchedules, options.schedule) == nullptr) {
    return error("schedule", options.schedule, Names(kSchedules));
  }
  if (options.learning_rate.has_value() &&
      !(*options.learning_rate > 0 && std::isfinite(*options.learning_rate))) {
    return error("learning_rate", *options.learning_rate, "a positive number");
  }
  if (!(0 <= options.momentum && options.momentum < 1)) {
    return error("momentum", options.momentum, "at least 0 and less than 1");
  }
  if (!(options.weight_decay >= 0 && std::isfinite(options.weight_decay))) {
    return error("weight_decay", options.weight_decay, "at least 0");
  }
  if (options.momentum != 0 && options.optimizer != "sgd") {
    return error("momentum", options.momentum,
                 absl::StrCat("none with --optimizer=", options.optimizer));
  }
  return absl::OkStatus();
}

std::string DescribeDiskTraining(const DiskOptions& options) {
  return absl::StrCat(
      options.activation, ", ", options.optimizer, " at a learning rate of ",
      PeakLearningRate(options),
      options.momentum > 0
          ? absl::StrCat(" and a momentum of ", options.momentum)
          : "",
      ", weight decay ", options.weight_decay, ", ", options.schedule, ", ",
      options.epochs, " epochs in batches of ", options.batch_size, ", ",
      NumPoints(options), " points",
      options.sets == nullptr ? "" : " of one's own");
}

absl::StatusOr<DiskRound> RunDisk(
    const DiskOptions& options,
    const std::function<void(int epoch, double loss)>& log) {
  MINIDL_RETURN_IF_ERROR(ValidateDiskOptions(options));
  const FlushDenormals flush_denormals;
  Generator generator(options.seed);
  DiskRound round;
  if (options.sets == nullptr) {
    MINIDL_ASSIGN_OR_RETURN(round.train,
                            GenerateDiskSet(options.points, generator));
    MINIDL_ASSIGN_OR_RETURN(round.test,
                            GenerateDiskSet(options.points, generator));
  } else {
    round.train = Clone(options.sets->train);
    round.test = Clone(options.sets->test);
  }
  const int64_t num_points = NumPoints(options);

  round.network = BuildNetwork(options.activation, generator);
  Sequential& network = *round.network;
  const double peak = PeakLearningRate(options);
  const std::unique_ptr<Optimizer> optimizer =
      Find(kOptimizers, options.optimizer)
          ->make(network.Parameters(), options, peak);
  const Schedule& schedule = *Find(kSchedules, options.schedule);
  LossMSE loss;

  const Tensor<float> inputs = NetworkInputs(round.train.points);
  const Tensor<float> targets = NetworkTargets(round.train.targets);
  const int64_t steps_per_epoch =
      (num_points + options.batch_size - 1) / options.batch_size;
  const int64_t total_steps = options.epochs * steps_per_epoch;
  int64_t step = 0;
  Tensor<float> input;
  Tensor<float> target;
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    const Tensor<int64_t> order = RandomPermutation(num_points, generator);
    double sum = 0;
    for (int64_t start = 0; start < num_points; start += options.batch_size) {
      if (options.cancelled != nullptr && *options.cancelled) {
        return absl::CancelledError(
            absl::StrCat("interrupted in epoch ", epoch));
      }
      const absl::Span<const int64_t> rows = order.values().subspan(
          static_cast<size_t>(start), static_cast<size_t>(options.batch_size));
      GatherRows(inputs, rows, input);
      GatherRows(targets, rows, target);
      sum += loss.Forward(network.Forward(input), target) *
             static_cast<double>(rows.size());
      optimizer->ZeroGradients();
      network.Backward(loss.Backward());
      optimizer->set_learning_rate(
          schedule.learning_rate(peak, step++, total_steps));
      optimizer->Step();
    }
    const double mean_loss = sum / static_cast<double>(num_points);
    if (!std::isfinite(mean_loss)) {
      return absl::OutOfRangeError(
          absl::StrCat("training diverged: the loss of epoch ", epoch, " is ",
                       mean_loss, "; lower --learning_rate"));
    }
    log(epoch, mean_loss);
  }
  round.train_error = ErrorRate(round.train, network);
  round.test_error = ErrorRate(round.test, network);
  return round;
}

Tensor<int64_t> DiskAnswers(const Tensor<float>& points, Sequential& network) {
  const FlushDenormals flush_denormals;
  const Tensor<float> inputs = NetworkInputs(points);
  const Tensor<float>& outputs = network.Forward(inputs);
  Tensor<int64_t> answers({outputs.shape()[0]});
  for (int64_t i = 0; i < answers.size(); ++i) {
    answers(i) = outputs(i, 1) > outputs(i, 0) ? 1 : 0;
  }
  return answers;
}

}  // namespace minidl
