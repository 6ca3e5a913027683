#include "experiments/pair_training.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "data/pair_sets.h"
#include "nn/build_optimizer.h"
#include "nn/loss.h"
#include "nn/optimizer.h"
#include "nn/pair_network.h"
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
  Tensor<float> inputs;
  Tensor<int64_t> targets;
  Tensor<int64_t> classes;  // Of the images: 2N.

  void Gather(const PairSet& pairs, absl::Span<const int64_t> rows) {
    GatherRows(pairs.inputs, rows, inputs);
    GatherRows(pairs.targets, rows, targets);
    GatherRows(pairs.classes, rows, classes_of_pairs);
    CopyReshaped(classes_of_pairs, {classes_of_pairs.size()}, classes);
  }

 private:
  Tensor<int64_t> classes_of_pairs;  // N×2.
};

// Adds to `count` the rows of `logits` (N×C) that have their largest value, the
// first of equal ones, elsewhere than at their target, or are not all finite,
// which `finite` then says.
void CountWrong(const Tensor<float>& logits, const Tensor<int64_t>& targets,
                proto::ErrorCount& count, bool& finite) {
  int64_t wrong = 0;
  for (int64_t n = 0; n < targets.size(); ++n) {
    const absl::Span<const float> row = logits.Outer(n);
    const int64_t answer =
        std::max_element(row.begin(), row.end()) - row.begin();
    const bool row_finite = std::all_of(
        row.begin(), row.end(), [](float x) { return std::isfinite(x); });
    if (!row_finite || answer != targets(n)) ++wrong;
    finite = finite && row_finite;
  }
  count.set_wrong(count.wrong() + wrong);
  count.set_total(count.total() + targets.size());
}

}  // namespace

absl::StatusOr<PairTrainingResult> TrainPairNetwork(
    const PairSet& pairs, const proto::Training& training,
    double auxiliary_loss_weight, Generator& shuffling,
    const std::atomic<bool>& cancelled, PairNetwork& network) {
  const FlushDenormals flush_denormals;
  const int64_t num_pairs = pairs.targets.size();
  const int64_t batch_size = training.batch_size();
  const int64_t steps_per_epoch = StepsPerEpoch(training, num_pairs);
  const int64_t total_steps = training.epochs() * steps_per_epoch;
  const bool auxiliary = auxiliary_loss_weight != 0;
  // The loss of a digit is the mean over the images, of which a pair has two.
  const double classes_weight = 2 * auxiliary_loss_weight;

  network.SetTraining(true);
  const std::unique_ptr<Optimizer> optimizer =
      BuildOptimizer(training, network.Parameters());
  LossCrossEntropy comparison_loss;
  LossCrossEntropy classes_loss;
  Batch batch;
  PairTrainingResult result;
  for (int epoch = 0; epoch < training.epochs(); ++epoch) {
    const Tensor<int64_t> order = RandomPermutation(num_pairs, shuffling);
    double comparison_sum = 0;
    double classes_sum = 0;
    for (int64_t step = 0; step < steps_per_epoch; ++step) {
      if (cancelled) return absl::CancelledError("training was interrupted");
      const absl::Span<const int64_t> rows =
          order.values().subspan(static_cast<size_t>(step * batch_size),
                                 static_cast<size_t>(batch_size));
      batch.Gather(pairs, rows);

      const PairNetwork::Output output = network.Forward(batch.inputs);
      const double comparison =
          comparison_loss.Forward(output.comparison, batch.targets);
      const double classes =
          auxiliary ? 2 * classes_loss.Forward(*output.classes, batch.classes)
                    : 0;
      if (!std::isfinite(comparison + classes)) {
        result.divergence = {epoch + 1, static_cast<int>(step) + 1};
        return result;
      }
      const auto count = static_cast<double>(rows.size());
      comparison_sum += comparison * count;
      classes_sum += classes * count;

      optimizer->ZeroGradients();
      network.Backward(
          comparison_loss.Backward(),
          auxiliary ? &classes_loss.Backward(classes_weight) : nullptr);
      optimizer->set_learning_rate(
          LearningRate(training, epoch * steps_per_epoch + step, total_steps));
      optimizer->Step();
    }
    proto::Epoch& record = result.epochs.emplace_back();
    const auto total = static_cast<double>(num_pairs);
    record.set_comparison_loss(comparison_sum / total);
    record.set_auxiliary_loss(classes_sum / total);
    record.set_loss(record.comparison_loss() +
                    auxiliary_loss_weight * record.auxiliary_loss());
  }
  return result;
}

int StepsPerEpoch(const proto::Training& training, int64_t num_pairs) {
  const int64_t batch_size = training.batch_size();
  return static_cast<int>((num_pairs + batch_size - 1) / batch_size);
}

PairErrors EvaluatePairNetwork(const PairSet& pairs, PairNetwork& network) {
  const FlushDenormals flush_denormals;
  network.SetTraining(false);
  const int64_t num_pairs = pairs.targets.size();
  std::vector<int64_t> rows(static_cast<size_t>(num_pairs));
  std::iota(rows.begin(), rows.end(), int64_t{0});
  PairErrors errors;
  Batch batch;
  for (int64_t start = 0; start < num_pairs; start += kEvaluationBatch) {
    batch.Gather(pairs, absl::MakeConstSpan(rows).subspan(
                            static_cast<size_t>(start),
                            static_cast<size_t>(kEvaluationBatch)));
    const PairNetwork::Output output = network.Forward(batch.inputs);
    CountWrong(output.comparison, batch.targets, errors.comparison,
               errors.finite);
    if (output.classes != nullptr) {
      CountWrong(*output.classes, batch.classes, errors.digits, errors.finite);
    }
  }
  return errors;
}

}  // namespace minidl
