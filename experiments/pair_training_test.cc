#include "experiments/pair_training.h"

#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "data/pair_sets.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"
#include "tensor/flush_denormals_testutil.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::_;
using ::testing::SizeIs;

constexpr PairImages kImages = {14, 14, 10};

// Images of which one row of pixels, the one of its digit, is bright.
PairSet MakePairs(int64_t n, uint64_t seed) {
  Generator generator(seed);
  PairSet pairs = {Tensor<float>({n, 2, 14, 14}), Tensor<int64_t>({n}),
                   Tensor<int64_t>({n, 2})};
  FillUniform(0, 1, generator, pairs.inputs);
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < 2; ++j) {
      const int64_t digit = generator.Random32() % 10;
      pairs.classes(i, j) = digit;
      for (int64_t x = 0; x < 14; ++x) pairs.inputs(i, j, digit, x) += 5;
    }
    pairs.targets(i) = pairs.classes(i, 0) <= pairs.classes(i, 1) ? 1 : 0;
  }
  return pairs;
}

std::unique_ptr<PairNetwork> MakeNetwork(uint64_t seed = 0) {
  proto::Architecture architecture;
  EXPECT_THAT(ParseTextProto(R"(
      branches: SHARED
      branch { flatten {} }
      branch { linear { out_features: 10 } }
      head { linear { out_features: 30 } }
      head { relu {} }
      head { linear { out_features: 2 } })",
                             "", &architecture),
              IsOk());
  Generator generator(seed);
  return *PairNetwork::Create(architecture, kImages, {generator, generator});
}

proto::Training MakeTraining(int epochs, int batch_size, double learning_rate) {
  proto::Training training;
  training.set_epochs(epochs);
  training.set_batch_size(batch_size);
  training.mutable_adam()->set_learning_rate(learning_rate);
  return training;
}

const std::atomic<bool>& NotCancelled() {
  static const std::atomic<bool> cancelled = false;
  return cancelled;
}

TEST(TrainPairNetworkTest, LearnsWhatCanBeLearned) {
  const PairSet train = MakePairs(500, 1);
  const PairSet test = MakePairs(200, 2);
  const auto network = MakeNetwork();
  Generator shuffling(3);
  const auto result = TrainPairNetwork(train, MakeTraining(20, 50, 0.01), 1,
                                       shuffling, NotCancelled(), *network);
  ASSERT_THAT(result, IsOk());
  ASSERT_THAT(result->epochs, SizeIs(20));
  EXPECT_FALSE(result->divergence.has_value());
  EXPECT_LT(result->epochs.back().loss(), 0.1 * result->epochs.front().loss());

  const PairErrors errors = EvaluatePairNetwork(test, *network);
  EXPECT_EQ(errors.comparison.total(), 200);
  EXPECT_LT(errors.comparison.wrong(), 20);
  EXPECT_EQ(errors.digits.total(), 400);
  EXPECT_EQ(errors.digits.wrong(), 0);
  EXPECT_TRUE(errors.finite);
}

TEST(TrainPairNetworkTest, LossIsTheSumOfItsParts) {
  const PairSet pairs = MakePairs(20, 1);
  const auto network = MakeNetwork();
  Generator shuffling(3);
  const auto result = TrainPairNetwork(pairs, MakeTraining(1, 10, 0.01), 0.5,
                                       shuffling, NotCancelled(), *network);
  ASSERT_THAT(result, IsOk());
  const proto::Epoch& epoch = result->epochs[0];
  EXPECT_GT(epoch.auxiliary_loss(), 0);
  EXPECT_DOUBLE_EQ(epoch.loss(),
                   epoch.comparison_loss() + 0.5 * epoch.auxiliary_loss());
}

// Without a step, the mean loss must not depend on how pairs fall into batches,
// also if the last one is smaller.
TEST(TrainPairNetworkTest, EpochLossIsTheMeanOverPairs) {
  const PairSet pairs = MakePairs(7, 1);
  std::vector<double> losses;
  for (const int batch_size : {7, 3, 1}) {
    const auto network = MakeNetwork();
    Generator shuffling(3);
    const auto result =
        TrainPairNetwork(pairs, MakeTraining(1, batch_size, 1e-30), 1,
                         shuffling, NotCancelled(), *network);
    ASSERT_THAT(result, IsOk());
    losses.push_back(result->epochs[0].loss());
  }
  EXPECT_NEAR(losses[1], losses[0], 1e-6 * losses[0]);
  EXPECT_NEAR(losses[2], losses[0], 1e-6 * losses[0]);
}

TEST(TrainPairNetworkTest, AuxiliaryWeightZeroLeavesDigitsUntrained) {
  const PairSet pairs = MakePairs(200, 1);
  const auto network = MakeNetwork();
  Generator shuffling(3);
  const auto result = TrainPairNetwork(pairs, MakeTraining(5, 50, 0.01), 0,
                                       shuffling, NotCancelled(), *network);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->epochs[0].auxiliary_loss(), 0);
  EXPECT_GT(EvaluatePairNetwork(pairs, *network).digits.wrong(), 200);
}

TEST(TrainPairNetworkTest, SameSeedsGiveTheSameBits) {
  const PairSet pairs = MakePairs(30, 1);
  std::vector<std::unique_ptr<PairNetwork>> networks;
  for (int i = 0; i < 2; ++i) {
    networks.push_back(MakeNetwork(4));
    Generator shuffling(3);
    ASSERT_THAT(TrainPairNetwork(pairs, MakeTraining(2, 10, 0.01), 1, shuffling,
                                 NotCancelled(), *networks.back()),
                IsOk());
  }
  const auto a = networks[0]->Parameters();
  const auto b = networks[1]->Parameters();
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].parameter->value.values(), b[i].parameter->value.values());
  }
}

TEST(TrainPairNetworkTest, DivergenceIsFoundAtItsStep) {
  PairSet pairs = MakePairs(30, 1);
  // Every batch of the whole set has this pair: the first step diverges.
  pairs.inputs(4, 0, 0, 0) = std::numeric_limits<float>::infinity();
  const auto network = MakeNetwork();
  Generator shuffling(3);
  const auto result = TrainPairNetwork(pairs, MakeTraining(3, 30, 0.01), 1,
                                       shuffling, NotCancelled(), *network);
  ASSERT_THAT(result, IsOk());
  ASSERT_TRUE(result->divergence.has_value());
  EXPECT_EQ(result->divergence->epoch, 1);
  EXPECT_EQ(result->divergence->step, 1);
  EXPECT_THAT(result->epochs, SizeIs(0));
}

TEST(TrainPairNetworkTest, StopsWhenCancelled) {
  const PairSet pairs = MakePairs(30, 1);
  const auto network = MakeNetwork();
  Generator shuffling(3);
  const std::atomic<bool> cancelled = true;
  EXPECT_THAT(TrainPairNetwork(pairs, MakeTraining(3, 30, 0.01), 1, shuffling,
                               cancelled, *network),
              StatusIs(absl::StatusCode::kCancelled, _));
}

// A pair of inputs 0 but for one, for which MakeDenormalNetwork's hidden unit
// is denormal.
PairSet MakeDenormalPair() {
  PairSet pair = {Tensor<float>({1, 2, 14, 14}), Tensor<int64_t>({1}, {1}),
                  Tensor<int64_t>({1, 2})};
  pair.inputs(0, 0, 0, 0) = 1e-20f;
  return pair;
}

// One hidden unit, the sum of the inputs times 1e-20. The logits are 0 and the
// unit times 1e38: of a unit of 1e-40, they are 0.01 apart.
std::unique_ptr<PairNetwork> MakeDenormalNetwork() {
  proto::Architecture architecture;
  EXPECT_THAT(ParseTextProto(R"(
      branches: JOINT
      branch { flatten {} }
      branch { linear { out_features: 1 } }
      head { linear { out_features: 2 } })",
                             "", &architecture),
              IsOk());
  Generator generator(0);
  auto network =
      *PairNetwork::Create(architecture, kImages, {generator, generator});
  const auto parameters = network->Parameters();
  for (const auto& named : parameters) named.parameter->value.Fill(0);
  EXPECT_EQ(parameters[0].name, "branch.1.weight");
  parameters[0].parameter->value.Fill(1e-20f);
  EXPECT_EQ(parameters[2].name, "head.0.weight");
  parameters[2].parameter->value(1, 0) = 1e38f;
  return network;
}

TEST(TrainPairNetworkTest, DenormalsAreZero) {
  const PairSet pairs = MakeDenormalPair();
  const auto network = MakeDenormalNetwork();
  Generator shuffling(3);
  const auto result = TrainPairNetwork(pairs, MakeTraining(1, 1, 0.01), 0,
                                       shuffling, NotCancelled(), *network);
  ASSERT_THAT(result, IsOk());
  EXPECT_NEAR(result->epochs[0].loss(), std::log(2.0), 1e-6);
  EXPECT_FALSE(FlushesResults());
}

TEST(EvaluatePairNetworkTest, DenormalsAreZero) {
  const PairSet pairs = MakeDenormalPair();
  const auto network = MakeDenormalNetwork();
  // The first of two logits of 0 is the answer.
  EXPECT_EQ(EvaluatePairNetwork(pairs, *network).comparison.wrong(), 1);
  EXPECT_FALSE(FlushesResults());
}

TEST(EvaluatePairNetworkTest, NotANumberIsWrong) {
  PairSet pairs = MakePairs(3, 1);
  pairs.inputs.Fill(std::numeric_limits<float>::quiet_NaN());
  const auto network = MakeNetwork();
  const PairErrors errors = EvaluatePairNetwork(pairs, *network);
  EXPECT_EQ(errors.comparison.wrong(), 3);
  EXPECT_EQ(errors.digits.wrong(), 6);
  EXPECT_FALSE(errors.finite);
}

}  // namespace
}  // namespace minidl
