#ifndef MINIDL_EXPERIMENTS_PAIR_TRAINING_H_
#define MINIDL_EXPERIMENTS_PAIR_TRAINING_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "data/augmentation.h"
#include "data/pair_sets.h"
#include "nn/pair_ensemble.h"
#include "nn/pair_loss.h"
#include "nn/pair_network.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"
#include "tensor/generator.h"

namespace minidl {

// Where training stopped before its end. Epoch and step are from 1; the step is
// within the epoch and has not been taken.
struct TrainingStop {
  proto::RunRecord::Status reason;  // DIVERGED or INTERRUPTED.
  int epoch = 0;
  int step = 0;
  // The loss that was not finite, if one has been seen. NaN is always the same
  // NaN: which one the processor makes depends on its instructions.
  std::optional<double> loss;
};

struct PairTrainingResult {
  std::vector<proto::Epoch> epochs;  // Those that ended.
  std::optional<TrainingStop> stop;
};

// Trains `network` on `pairs.train` by minibatches in an order drawn anew for
// each epoch, to lower `loss`, which is the recorded one. Each batch is changed
// by `augmentation`, which stands for training.augmentation and may be null.
// Stops in the middle of an epoch if the loss is not finite, or once
// `cancelled` is true; a network trained to the end has averaged weights if
// training.weight_averaging says so. `pairs.test` is evaluated where
// training.test_interval says, which changes nothing else. ValidateTraining has
// accepted `training`. Denormals are zeros.
PairTrainingResult TrainPairNetwork(const PairSets& pairs,
                                    const proto::Training& training,
                                    PairLoss& loss, Generator& shuffling,
                                    PairAugmentation* augmentation,
                                    const std::atomic<bool>& cancelled,
                                    PairNetwork& network);

// Trains the networks of `ensemble` one after the other, each by itself, from
// generators that go on. An epoch is that of all of them: means of their
// losses, and sums of their counts. If one stops, so does all, and the epochs
// are those of that network.
PairTrainingResult TrainPairEnsemble(const PairSets& pairs,
                                     const proto::Training& training,
                                     PairLoss& loss, Generator& shuffling,
                                     PairAugmentation* augmentation,
                                     const std::atomic<bool>& cancelled,
                                     PairEnsemble& ensemble);

// How many steps an epoch has.
int StepsPerEpoch(const proto::Training& training, int64_t num_pairs);

// A pair whose comparison is wrong.
struct WrongPair {
  int64_t pair = 0;  // Its index in the set.
  int answer = 0;    // The one given: 1 says that first <= second.
  // How much the answer's logit is above the other's.
  float margin = 0;
};

// What a network or an ensemble gets wrong, in evaluation mode, in which it is
// left. Denormals are zeros.
struct PairErrors {
  proto::ErrorCount comparison;
  proto::ErrorCount digits;  // Of no digits if the network does not classify.
  // Whether all logits are. Those that are not numbers count as wrong, but the
  // network is none to speak of.
  bool finite = true;
  std::vector<WrongPair> wrong_pairs;  // In the set's order.
};
PairErrors EvaluatePairNetwork(const PairSet& pairs, PairNetwork& network);
PairErrors EvaluatePairEnsemble(const PairSet& pairs, PairEnsemble& ensemble);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_PAIR_TRAINING_H_
