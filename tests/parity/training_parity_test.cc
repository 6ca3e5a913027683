// Rounds of the default study against PyTorch's, from the same seeds: the same
// pairs and initial values in the same batches, with the same elements dropped.

#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/runfile.h"
#include "data/pair_sets.h"
#include "data/standardize.h"
#include "experiments/pair_training.h"
#include "experiments/round.h"
#include "experiments/seeds.h"
#include "experiments/study.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/build_optimizer.h"
#include "nn/optimizer.h"
#include "nn/pair_loss.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"
#include "tensor/generator.h"
#include "tensor/layout.h"
#include "tensor/random.h"
#include "tensor/tensor.h"
#include "tests/parity/golden.h"
#include "tests/parity/parity.pb.h"

namespace minidl {
namespace {

using ::testing::Pointwise;

// The loss of each of the first steps of a round, as RunRound takes them.
std::vector<double> FirstLosses(const proto::Study& study,
                                const proto::Architecture& architecture,
                                int round, int num_steps) {
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

proto::Study DefaultStudy() {
  return LoadStudy(*FindRunfile("experiments/studies/default.textproto"))
      ->message;
}

class FirstStepsParityTest : public testing::TestWithParam<GoldenCase> {};

TEST_P(FirstStepsParityTest, Losses) {
  const parity::PairTrainingCase& c = GetParam().message.pair_training();
  const std::vector<double> losses =
      FirstLosses(DefaultStudy(), LoadArchitecture(c.architecture_file()),
                  c.round(), c.steps());
  EXPECT_EQ(losses.size(), 50u);
  for (const char* name : {"losses", "losses_in_float"}) {
    EXPECT_THAT(losses, Pointwise(IsRelativelyNear(1e-5),
                                  GetParam().Array(name).values()))
        << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Training, FirstStepsParityTest,
                         testing::ValuesIn(LoadGolden("training")), CaseName());

class FinalErrorParityTest : public testing::TestWithParam<GoldenCase> {};

TEST_P(FinalErrorParityTest, IsAmongThoseOfOtherRoundings) {
  const parity::FinalErrorCase& c = GetParam().message.final_error();
  const std::atomic<bool> never(false);
  const absl::StatusOr<proto::RunRecord> record =
      RunRound(SharedMnist(), DefaultStudy(),
               LoadArchitecture(c.architecture_file()), c.round(), never);
  ASSERT_TRUE(record.ok()) << record.status();

  // What a round does is what FirstLosses did.
  const auto& losses = GetParam().Array("losses_of_epochs").values();
  for (int epoch = 0; epoch < losses.size(); ++epoch) {
    EXPECT_NEAR(record->epochs(epoch).loss() / losses[epoch], 1, 1e-5) << epoch;
  }

  const auto& wrong = GetParam().Array("wrong").values();
  const auto count = static_cast<double>(wrong.size());
  EXPECT_EQ(count, 20);
  const double mean = std::accumulate(wrong.begin(), wrong.end(), 0.0) / count;
  double squares = 0;
  for (const double w : wrong) squares += (w - mean) * (w - mean);
  const double deviation = std::sqrt(squares / (count - 1));
  // What one more run exceeds in one of 1,000 cases: Student's t with 19
  // degrees of freedom, scipy.stats.t.ppf(1 - 0.0005, 19), in a prediction
  // interval.
  const double spread = 3.8834 * deviation * std::sqrt(1 + 1 / count);
  EXPECT_NEAR(record->errors().test().wrong(), mean, spread);
}

INSTANTIATE_TEST_SUITE_P(Training, FinalErrorParityTest,
                         testing::ValuesIn(LoadGolden("final_errors")),
                         CaseName());

}  // namespace
}  // namespace minidl
