#include "experiments/pair_training.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "data/augmentation.h"
#include "data/pair_sets.h"
#include "nn/build_optimizer.h"
#include "nn/clip_gradients.h"
#include "nn/optimizer.h"
#include "nn/pair_ensemble.h"
#include "nn/pair_loss.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "nn/weight_average.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"
#include "tensor/flush_denormals.h"
#include "tensor/generator.h"
#include "tensor/layout.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// Pairs that are evaluated at a time: few enough for the processor's cache.
constexpr int64_t kEvaluationBatch = 100;

// A few pairs of a set, whose memory is used again for the next ones.
struct Batch {
  PairSet pairs;
  Tensor<int64_t> classes;  // Of the images: 2N.

  // `augmentation` may be null.
  void Gather(const PairSet& set, absl::Span<const int64_t> rows,
              PairAugmentation* augmentation) {
    GatherRows(set.inputs, rows, pairs.inputs);
    GatherRows(set.targets, rows, pairs.targets);
    GatherRows(set.classes, rows, pairs.classes);
    if (augmentation != nullptr) augmentation->Apply(pairs);
    CopyReshaped(pairs.classes, {pairs.classes.size()}, classes);
  }
};

bool IsFinite(absl::Span<const float> values) {
  return std::all_of(values.begin(), values.end(),
                     [](float x) { return std::isfinite(x); });
}

// Adds the rows of `logits` (N×C) to `count`. Those are wrong that have their
// largest value, the first of equal ones, elsewhere than at their target, or
// are not all finite; `wrong` is called with the row and where its value is.
template <typename Wrong>
void CountWrong(const Tensor<float>& logits, const Tensor<int64_t>& targets,
                proto::ErrorCount& count, Wrong wrong) {
  for (int64_t n = 0; n < targets.size(); ++n) {
    const absl::Span<const float> row = logits.Outer(n);
    const int64_t answer =
        std::max_element(row.begin(), row.end()) - row.begin();
    if (answer == targets(n) && IsFinite(row)) continue;
    count.set_wrong(count.wrong() + 1);
    wrong(n, answer);
  }
  count.set_total(count.total() + targets.size());
}

void CountWrong(const Tensor<float>& logits, const Tensor<int64_t>& targets,
                proto::ErrorCount& count) {
  CountWrong(logits, targets, count, [](int64_t, int64_t) {});
}

void ClipGradients(const proto::Training& training,
                   const std::vector<NamedParameter>& parameters) {
  if (training.max_gradient_norm() != 0) {
    ClipGradientNorm(parameters, training.max_gradient_norm());
  }
  if (training.max_gradient_value() != 0) {
    ClipGradientValues(parameters, training.max_gradient_value());
  }
}

// What is wrong where `predict` gives the outputs.
PairErrors Evaluate(
    const PairSet& pairs,
    const std::function<PairNetwork::Output(const Tensor<float>&)>& predict) {
  const FlushDenormals flush_denormals;
  const int64_t num_pairs = pairs.targets.size();
  std::vector<int64_t> rows(static_cast<size_t>(num_pairs));
  std::iota(rows.begin(), rows.end(), int64_t{0});
  PairErrors errors;
  Batch batch;
  for (int64_t start = 0; start < num_pairs; start += kEvaluationBatch) {
    batch.Gather(
        pairs,
        absl::MakeConstSpan(rows).subspan(
            static_cast<size_t>(start), static_cast<size_t>(kEvaluationBatch)),
        /*augmentation=*/nullptr);
    const PairNetwork::Output output = predict(batch.pairs.inputs);
    CountWrong(output.comparison, batch.pairs.targets, errors.comparison,
               [&](int64_t row, int64_t answer) {
                 const float margin = output.comparison(row, answer) -
                                      output.comparison(row, 1 - answer);
                 errors.wrong_pairs.push_back(
                     {start + row, static_cast<int>(answer), margin});
               });
    errors.finite &= IsFinite(output.comparison.values());
    if (output.classes != nullptr) {
      CountWrong(*output.classes, batch.classes, errors.digits);
      errors.finite &= IsFinite(output.classes->values());
    }
  }
  return errors;
}

// Adds `count` to `sum`.
void AddTo(const proto::ErrorCount& count, proto::ErrorCount& sum) {
  sum.set_wrong(sum.wrong() + count.wrong());
  sum.set_total(sum.total() + count.total());
}

// Makes of the epochs of `count` networks and those of another one what they
// are together.
void Join(const std::vector<proto::Epoch>& other, int count,
          std::vector<proto::Epoch>& epochs) {
  const auto mean = [count](double a, double b) {
    return a + (b - a) / (count + 1);
  };
  for (size_t i = 0; i < epochs.size(); ++i) {
    proto::Epoch& epoch = epochs[i];
    const proto::Epoch& more = other[i];
    epoch.set_loss(mean(epoch.loss(), more.loss()));
    epoch.set_comparison_loss(
        mean(epoch.comparison_loss(), more.comparison_loss()));
    epoch.set_auxiliary_loss(
        mean(epoch.auxiliary_loss(), more.auxiliary_loss()));
    AddTo(more.train(), *epoch.mutable_train());
    if (more.has_train_digits()) {
      AddTo(more.train_digits(), *epoch.mutable_train_digits());
    }
    if (more.has_test()) AddTo(more.test(), *epoch.mutable_test());
    if (more.has_test_digits()) {
      AddTo(more.test_digits(), *epoch.mutable_test_digits());
    }
  }
}

}  // namespace

PairTrainingResult TrainPairNetwork(const PairSets& pairs,
                                    const proto::Training& training,
                                    PairLoss& loss, Generator& shuffling,
                                    PairAugmentation* augmentation,
                                    const std::atomic<bool>& cancelled,
                                    PairNetwork& network) {
  const FlushDenormals flush_denormals;
  const int64_t num_pairs = pairs.train.targets.size();
  const int64_t batch_size = training.batch_size();
  const int64_t steps_per_epoch = StepsPerEpoch(training, num_pairs);
  const int64_t total_steps = training.epochs() * steps_per_epoch;
  const std::vector<NamedParameter> parameters = network.Parameters();
  const std::unique_ptr<Optimizer> optimizer =
      BuildOptimizer(training, parameters);
  std::optional<WeightAverage> average;
  if (training.weight_averaging() != 0) {
    average.emplace(training.weight_averaging(), parameters, network.Buffers());
  }
  Batch batch;
  PairTrainingResult result;
  for (int epoch = 1; epoch <= training.epochs(); ++epoch) {
    network.SetTraining(true);
    const Tensor<int64_t> order = RandomPermutation(num_pairs, shuffling);
    proto::Epoch record;
    double comparison_sum = 0;
    double auxiliary_sum = 0;
    for (int step = 1; step <= steps_per_epoch; ++step) {
      if (cancelled) {
        result.stop = {proto::RunRecord::INTERRUPTED, epoch, step, {}};
        return result;
      }
      const int64_t start = (step - 1) * batch_size;
      const absl::Span<const int64_t> rows = order.values().subspan(
          static_cast<size_t>(start), static_cast<size_t>(batch_size));
      batch.Gather(pairs.train, rows, augmentation);

      const PairNetwork::Output output = network.Forward(batch.pairs.inputs);
      const PairLoss::Value value =
          loss.Forward(output, batch.pairs.targets, batch.classes);
      if (!std::isfinite(value.total)) {
        result.stop = {proto::RunRecord::DIVERGED, epoch, step,
                       std::isnan(value.total)
                           ? std::numeric_limits<double>::quiet_NaN()
                           : value.total};
        return result;
      }
      const auto count = static_cast<double>(rows.size());
      comparison_sum += value.comparison * count;
      auxiliary_sum += value.auxiliary * count;
      CountWrong(output.comparison, batch.pairs.targets,
                 *record.mutable_train());
      if (loss.has_auxiliary()) {
        CountWrong(*output.classes, batch.classes,
                   *record.mutable_train_digits());
      }

      optimizer->ZeroGradients();
      loss.Backward(network);
      ClipGradients(training, parameters);
      optimizer->set_learning_rate(LearningRate(
          training, (epoch - 1) * steps_per_epoch + step - 1, total_steps));
      optimizer->Step();
      if (average.has_value()) average->Update();
    }
    const auto total = static_cast<double>(num_pairs);
    record.set_comparison_loss(comparison_sum / total);
    record.set_auxiliary_loss(auxiliary_sum / total);
    record.set_loss(loss.comparison_weight() * record.comparison_loss() +
                    loss.auxiliary_weight() * record.auxiliary_loss());
    if (training.test_interval() > 0 && epoch % training.test_interval() == 0) {
      if (average.has_value()) average->Swap();
      const PairErrors test = EvaluatePairNetwork(pairs.test, network);
      if (average.has_value()) average->Swap();
      *record.mutable_test() = test.comparison;
      if (loss.has_auxiliary()) *record.mutable_test_digits() = test.digits;
    }
    result.epochs.push_back(std::move(record));
  }
  if (average.has_value()) average->Swap();
  return result;
}

PairTrainingResult TrainPairEnsemble(const PairSets& pairs,
                                     const proto::Training& training,
                                     PairLoss& loss, Generator& shuffling,
                                     PairAugmentation* augmentation,
                                     const std::atomic<bool>& cancelled,
                                     PairEnsemble& ensemble) {
  PairTrainingResult all;
  int trained = 0;
  for (const std::unique_ptr<PairNetwork>& network : ensemble.networks()) {
    PairTrainingResult result = TrainPairNetwork(
        pairs, training, loss, shuffling, augmentation, cancelled, *network);
    if (result.stop.has_value() || trained == 0) {
      all = std::move(result);
      if (all.stop.has_value()) return all;
    } else {
      Join(result.epochs, trained, all.epochs);
    }
    ++trained;
  }
  return all;
}

int StepsPerEpoch(const proto::Training& training, int64_t num_pairs) {
  const int64_t batch_size = training.batch_size();
  return static_cast<int>((num_pairs + batch_size - 1) / batch_size);
}

PairErrors EvaluatePairNetwork(const PairSet& pairs, PairNetwork& network) {
  network.SetTraining(false);
  return Evaluate(pairs, [&network](const Tensor<float>& inputs) {
    return network.Forward(inputs);
  });
}

PairErrors EvaluatePairEnsemble(const PairSet& pairs, PairEnsemble& ensemble) {
  return Evaluate(pairs, [&ensemble](const Tensor<float>& inputs) {
    return ensemble.Predict(inputs);
  });
}

}  // namespace minidl
