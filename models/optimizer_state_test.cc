#include "models/optimizer_state.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/network_state.h"
#include "models/network_testutil.h"
#include "nn/build_optimizer.h"
#include "nn/optimizer.h"
#include "nn/pair_loss.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"
#include "proto/study.pb.h"
#include "tensor/generator.h"

namespace minidl {
namespace {

using ::testing::StartsWith;

constexpr int kSteps = 5;

proto::Training ParseTraining(const std::string& optimizer) {
  proto::Training training;
  EXPECT_THAT(
      ParseTextProto(
          "epochs: 10 batch_size: 8 input_normalization: NONE " + optimizer,
          "test", &training),
      IsOk());
  return training;
}

// A network in training, and where its batches come from.
struct Trainee {
  std::unique_ptr<PairNetwork> network;
  std::unique_ptr<Optimizer> optimizer;
  Generator batches;

  void Train(int steps, const proto::Architecture& architecture) {
    const std::unique_ptr<PairLoss> loss =
        *PairLoss::Create(architecture, kTestImages.num_classes);
    network->SetTraining(true);
    for (int step = 0; step < steps; ++step) {
      const TestBatch batch = RandomBatch(8, batches);
      loss->Forward(network->Forward(batch.pairs), batch.targets,
                    batch.classes);
      optimizer->ZeroGradients();
      loss->Backward(*network);
      optimizer->set_learning_rate(optimizer->learning_rate() * 0.9);
      optimizer->Step();
    }
  }

  proto::Model Save(const proto::Architecture& architecture,
                    const proto::Training& training) const {
    proto::Model model;
    SavePairNetwork(architecture, kTestImages, *network, &model);
    *model.mutable_optimizer() = SaveOptimizer(training, *optimizer);
    return model;
  }
};

class OptimizerStateTest : public testing::TestWithParam<const char*> {};

TEST_P(OptimizerStateTest, LoadedOptimizerGoesOnToTheBit) {
  const proto::Architecture architecture = TestArchitecture();
  const proto::Training training = ParseTraining(GetParam());

  Generator dropout(1);
  Trainee trainee = {TestNetwork(architecture, /*seed=*/2, dropout), nullptr,
                     Generator(3)};
  trainee.optimizer = BuildOptimizer(training, trainee.network->Parameters());
  trainee.Train(kSteps, architecture);
  const std::string half =
      trainee.Save(architecture, training).SerializeAsString();
  // The generators are no part of a model: whoever goes on has them.
  Generator dropout_of_half = dropout;
  const Generator batches_of_half = trainee.batches;
  trainee.Train(kSteps, architecture);

  proto::Model model;
  ASSERT_TRUE(model.ParseFromString(half));
  absl::StatusOr<std::unique_ptr<PairNetwork>> network =
      LoadPairNetwork(model, dropout_of_half);
  ASSERT_THAT(network, IsOk());
  absl::StatusOr<std::unique_ptr<Optimizer>> optimizer =
      LoadOptimizer(model.optimizer(), (*network)->Parameters());
  ASSERT_THAT(optimizer, IsOk());
  Trainee loaded = {*std::move(network), *std::move(optimizer),
                    batches_of_half};
  EXPECT_EQ(loaded.Save(architecture, training).SerializeAsString(), half);
  loaded.Train(kSteps, architecture);
  // Parameters, running statistics, the optimizer's tensors and steps.
  EXPECT_EQ(loaded.Save(architecture, training).SerializeAsString(),
            trainee.Save(architecture, training).SerializeAsString());
}

INSTANTIATE_TEST_SUITE_P(
    Optimizers, OptimizerStateTest,
    testing::Values(
        "sgd { learning_rate: 0.1 }",
        "sgd { learning_rate: 0.1 momentum: 0.9 dampening: 0.5 }",
        "sgd { learning_rate: 0.1 momentum: 0.9 nesterov: true }",
        "adam { learning_rate: 0.01 weight_decay: 0.1 }",
        "adamw { learning_rate: 0.01 beta1: 0.8 }",
        "rmsprop { learning_rate: 0.01 }",
        "rmsprop { learning_rate: 0.01 momentum: 0.5 centered: true }"));

TEST(OptimizerStateTest, WhatIsNotOfTheseParametersIsRefused) {
  const proto::Training training = ParseTraining("adam { learning_rate: 1 }");
  Generator dropout(1);
  const std::unique_ptr<PairNetwork> network =
      TestNetwork(TestArchitecture(), /*seed=*/2, dropout);
  const proto::OptimizerState state =
      SaveOptimizer(training, *BuildOptimizer(training, network->Parameters()));
  const auto expect_refused =
      [&](const std::string& message,
          const std::function<void(proto::OptimizerState&)>& change) {
        proto::OptimizerState changed = state;
        change(changed);
        EXPECT_THAT(LoadOptimizer(changed, network->Parameters()),
                    StatusIs(absl::StatusCode::kFailedPrecondition,
                             StartsWith(message)));
      };
  expect_refused("optimizer.training has no optimizer",
                 [](proto::OptimizerState& changed) {
                   changed.mutable_training()->clear_adam();
                 });
  expect_refused(
      "optimizer.training.adam.learning_rate is -1; expected",
      [](proto::OptimizerState& changed) {
        changed.mutable_training()->mutable_adam()->set_learning_rate(-1);
      });
  expect_refused(
      "optimizer.num_steps is -1; expected at least 0",
      [](proto::OptimizerState& changed) { changed.set_num_steps(-1); });
  expect_refused(
      "optimizer.learning_rate is -1; expected",
      [](proto::OptimizerState& changed) { changed.set_learning_rate(-1); });
  // Another optimizer remembers other things.
  expect_refused(
      R"(optimizer.tensors: "branch.0.weight.exp_avg" is none of the 12)",
      [](proto::OptimizerState& changed) {
        changed.mutable_training()->mutable_rmsprop()->set_learning_rate(1);
      });
  expect_refused(
      R"(optimizer.tensors: "branch.0.bias.exp_avg" has shape [4, 1])",
      [](proto::OptimizerState& changed) {
        changed.mutable_tensors(1)->add_shape(1);
      });
}

}  // namespace
}  // namespace minidl
