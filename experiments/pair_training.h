#ifndef MINIDL_EXPERIMENTS_PAIR_TRAINING_H_
#define MINIDL_EXPERIMENTS_PAIR_TRAINING_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "data/pair_sets.h"
#include "nn/pair_network.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"
#include "tensor/generator.h"

namespace minidl {

// Where training stopped because the loss was not finite. Both from 1; `step`
// within the epoch.
struct Divergence {
  int epoch = 0;
  int step = 0;
};

struct PairTrainingResult {
  std::vector<proto::Epoch> epochs;  // Those that ended.
  std::optional<Divergence> divergence;
};

// Trains `network` on `pairs` by minibatches in an order drawn anew for each
// epoch, to lower the cross-entropy of the comparison plus
// `auxiliary_loss_weight` times the sum of the two digits' cross-entropies.
// Returns Cancelled, in the middle of an epoch, once `cancelled` is true.
// Denormals are zeros.
absl::StatusOr<PairTrainingResult> TrainPairNetwork(
    const PairSet& pairs, const proto::Training& training,
    double auxiliary_loss_weight, Generator& shuffling,
    const std::atomic<bool>& cancelled, PairNetwork& network);

// How many steps an epoch has.
int StepsPerEpoch(const proto::Training& training, int64_t num_pairs);

// What the network gets wrong, in evaluation mode, in which it is left.
// Denormals are zeros.
struct PairErrors {
  proto::ErrorCount comparison;
  proto::ErrorCount digits;  // Of no digits if the network does not classify.
  // Whether all logits are. Those that are not numbers count as wrong, but the
  // network is none to speak of.
  bool finite = true;
};
PairErrors EvaluatePairNetwork(const PairSet& pairs, PairNetwork& network);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_PAIR_TRAINING_H_
