// Training loops promise that a step allocates nothing after the first one: how
// often they allocate depends on the epochs, not on how many steps these have.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/count_allocations_testutil.h"
#include "base/runfile.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "data/pair_sets.h"
#include "experiments/disk.h"
#include "experiments/pair_training.h"
#include "experiments/study.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/pair_loss.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// The order of the examples, drawn in each epoch, the two counts of errors in
// the epoch's record, and room for one more record.
constexpr int64_t kAllocationsOfAnEpoch = 4;

// Some batches of 50 and a smaller one at the end.
constexpr int kBatchSize = 50;
constexpr int64_t kFewPairs = 2 * kBatchSize + 10;
constexpr int64_t kManyPairs = 20 * kBatchSize + 10;

constexpr char kAdam[] = "adam { learning_rate: 0.001 }";

PairSet RandomPairs(int64_t n) {
  Generator generator(/*seed=*/1);
  PairSet pairs = {Tensor<float>({n, 2, 14, 14}), Tensor<int64_t>({n}),
                   Tensor<int64_t>({n, 2})};
  FillUniform(0, 1, generator, pairs.inputs);
  return pairs;
}

class TrainingAllocationTest : public testing::TestWithParam<const char*> {
 protected:
  TrainingAllocationTest() {
    const auto file =
        FindRunfile("experiments/architectures/" + std::string(GetParam()));
    EXPECT_THAT(file, IsOk());
    EXPECT_THAT(ReadTextProto(*file, &architecture_), IsOk());
  }

  std::unique_ptr<PairNetwork> MakeNetwork() {
    return *PairNetwork::Create(architecture_, kDigitPairImages,
                                {generator_, generator_});
  }

  // How often training on `n` pairs allocates, with these fields of Training.
  int64_t CountTraining(int64_t n, int epochs,
                        const std::string& fields = kAdam) {
    const PairSets pairs = {RandomPairs(n), {}};
    const auto network = MakeNetwork();
    const std::unique_ptr<PairLoss> loss =
        *PairLoss::Create(architecture_, kDigitPairImages.num_classes);
    proto::Training training;
    EXPECT_THAT(ParseTextProto(fields, "test", &training), IsOk());
    training.set_epochs(epochs);
    training.set_batch_size(kBatchSize);
    Generator shuffling(/*seed=*/3);
    const std::atomic<bool> cancelled = false;
    const int64_t before = NumAllocations();
    const PairTrainingResult result =
        TrainPairNetwork(pairs, training, *loss, shuffling,
                         /*augmentation=*/nullptr, cancelled, *network);
    EXPECT_FALSE(result.stop.has_value());
    return NumAllocations() - before;
  }

  // How often evaluating on `n` pairs allocates.
  int64_t CountEvaluation(int64_t n) {
    const PairSet pairs = RandomPairs(n);
    const auto network = MakeNetwork();
    const int64_t before = NumAllocations();
    EXPECT_EQ(EvaluatePairNetwork(pairs, *network).comparison.total(), n);
    return NumAllocations() - before;
  }

 private:
  proto::Architecture architecture_;
  Generator generator_{/*seed=*/2};  // Of weights, and of dropout.
};

TEST_P(TrainingAllocationTest, StepsAllocateNothing) {
  EXPECT_GT(CountTraining(kFewPairs, 1), 10) << "nothing is counted";
  EXPECT_EQ(CountTraining(kManyPairs, 1), CountTraining(kFewPairs, 1));
  EXPECT_EQ(CountTraining(kManyPairs, 4), CountTraining(kFewPairs, 4));
}

TEST_P(TrainingAllocationTest, ClippedAndScheduledStepsAllocateNothing) {
  constexpr char kFields[] =
      "rmsprop { learning_rate: 0.001 momentum: 0.5 centered: true } "
      "schedule: COSINE warm_up_epochs: 1 max_gradient_norm: 1 "
      "max_gradient_value: 0.1";
  EXPECT_EQ(CountTraining(kManyPairs, 4, kFields),
            CountTraining(kFewPairs, 4, kFields));
}

TEST_P(TrainingAllocationTest, EpochsAllocateLittle) {
  const int64_t first = CountTraining(kFewPairs, 1);
  EXPECT_LE(CountTraining(kFewPairs, 5) - first, 4 * kAllocationsOfAnEpoch);
}

TEST_P(TrainingAllocationTest, EvaluatedBatchesAllocateNothing) {
  EXPECT_GT(CountEvaluation(kFewPairs), 10) << "nothing is counted";
  // Some 40 batches more. What grows, by doubling, is the list of wrong pairs.
  EXPECT_LE(CountEvaluation(4 * kManyPairs), CountEvaluation(kFewPairs) + 20);
}

INSTANTIATE_TEST_SUITE_P(Architectures, TrainingAllocationTest,
                         testing::Values("convnet_aux.textproto",
                                         "convnet_shared_aux.textproto"));

// How often the disk's training allocates.
int64_t CountDisk(int64_t points, int epochs) {
  DiskOptions options;
  options.points = points;
  options.epochs = epochs;
  options.batch_size = 30;
  options.momentum = 0.9;
  const int64_t before = NumAllocations();
  EXPECT_THAT(RunDisk(options, [](int /*epoch*/, double /*loss*/) {}), IsOk());
  return NumAllocations() - before;
}

TEST(DiskAllocationTest, StepsAllocateNothing) {
  EXPECT_GT(CountDisk(100, 1), 10) << "nothing is counted";
  EXPECT_EQ(CountDisk(1000, 1), CountDisk(100, 1));
  EXPECT_EQ(CountDisk(1000, 4), CountDisk(100, 4));
}

TEST(DiskAllocationTest, EpochsAllocateLittle) {
  EXPECT_LE(CountDisk(100, 5) - CountDisk(100, 1), 4 * kAllocationsOfAnEpoch);
}

}  // namespace
}  // namespace minidl
