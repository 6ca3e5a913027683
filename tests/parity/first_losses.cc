#include "tests/parity/first_losses.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "base/runfile.h"
#include "data/pair_sets.h"
#include "data/standardize.h"
#include "experiments/pair_training.h"
#include "experiments/seeds.h"
#include "experiments/study.h"
#include "experiments/study_testutil.h"
#include "nn/build_optimizer.h"
#include "nn/optimizer.h"
#include "nn/pair_loss.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"
#include "tensor/flush_denormals.h"
#include "tensor/generator.h"
#include "tensor/layout.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {

proto::Study DefaultStudy() {
  return LoadStudy(*FindRunfile("experiments/studies/default.textproto"))
      ->message;
}

std::vector<double> FirstLosses(const proto::Architecture& architecture,
                                int round, int num_steps) {
  const FlushDenormals flush_denormals;
  const proto::Study study = DefaultStudy();
  const auto stream = [&](Purpose purpose) {
    return Generator(StreamSeed(study.seed(), round, purpose));
  };
  Generator data = stream(Purpose::kData);
  Generator initialization = stream(Purpose::kInitialization);
  Generator shuffling = stream(Purpose::kShuffling);
  Generator dropout = stream(Purpose::kDropout);

  PairSet pairs =
      *GeneratePairSet(SharedMnist().train, study.train_pairs(), data);
  Tensor<float> no_test_inputs;
  Standardize(/*num_features=*/1, pairs.inputs, no_test_inputs);
  const std::unique_ptr<PairNetwork> network = *PairNetwork::Create(
      architecture, kDigitPairImages, {initialization, dropout});
  const proto::Training& training = study.training();
  const std::unique_ptr<Optimizer> optimizer =
      BuildOptimizer(training, network->Parameters());
  const int64_t steps_per_epoch = StepsPerEpoch(training, study.train_pairs());
  const std::unique_ptr<PairLoss> loss =
      *PairLoss::Create(architecture, kDigitPairImages.num_classes);
  Tensor<float> inputs;
  Tensor<int64_t> targets;
  Tensor<int64_t> classes;
  Tensor<int64_t> order;
  std::vector<double> losses;
  for (int64_t step = 0; step < num_steps; ++step) {
    if (step % steps_per_epoch == 0) {
      order = RandomPermutation(study.train_pairs(), shuffling);
    }
    const absl::Span<const int64_t> rows = order.values().subspan(
        static_cast<size_t>(step % steps_per_epoch * training.batch_size()),
        static_cast<size_t>(training.batch_size()));
    GatherRows(pairs.inputs, rows, inputs);
    GatherRows(pairs.targets, rows, targets);
    GatherRows(pairs.classes, rows, classes);
    classes.Reshape({classes.size()});

    const PairNetwork::Output output = network->Forward(inputs);
    losses.push_back(loss->Forward(output, targets, classes).total);
    optimizer->ZeroGradients();
    loss->Backward(*network);
    optimizer->set_learning_rate(
        LearningRate(training, step, training.epochs() * steps_per_epoch));
    optimizer->Step();
  }
  return losses;
}

}  // namespace minidl
