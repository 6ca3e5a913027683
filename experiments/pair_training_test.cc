#include "experiments/pair_training.h"

#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "data/augmentation.h"
#include "data/pair_sets.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/pair_ensemble.h"
#include "nn/pair_loss.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"
#include "tensor/flush_denormals_testutil.h"
#include "tensor/generator.h"
#include "tensor/layout.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

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

// `losses` are comparison_loss and auxiliary_loss, unset if it is empty.
std::unique_ptr<PairLoss> MakeLoss(double auxiliary_loss_weight,
                                   const std::string& losses = "") {
  proto::Architecture architecture;
  EXPECT_THAT(ParseTextProto(losses, "", &architecture), IsOk());
  architecture.set_auxiliary_loss_weight(auxiliary_loss_weight);
  return *PairLoss::Create(architecture, kImages.num_classes);
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
  const PairSets pairs = {MakePairs(500, 1), MakePairs(200, 2)};
  const auto network = MakeNetwork();
  Generator shuffling(3);
  const PairTrainingResult result = TrainPairNetwork(
      pairs, MakeTraining(20, 50, 0.01), *MakeLoss(1), shuffling,
      /*augmentation=*/nullptr, NotCancelled(), *network);
  ASSERT_THAT(result.epochs, SizeIs(20));
  EXPECT_FALSE(result.stop.has_value());
  EXPECT_LT(result.epochs.back().loss(), 0.1 * result.epochs.front().loss());

  const PairErrors errors = EvaluatePairNetwork(pairs.test, *network);
  EXPECT_EQ(errors.comparison.total(), 200);
  EXPECT_LT(errors.comparison.wrong(), 20);
  EXPECT_EQ(errors.digits.total(), 400);
  EXPECT_EQ(errors.digits.wrong(), 0);
  EXPECT_TRUE(errors.finite);
}

TEST(TrainPairNetworkTest, TrainsOnWhatAugmentationMakes) {
  const PairSets pairs = {MakePairs(40, 1), MakePairs(10, 2)};
  const auto run = [&](const PairSets& sets, PairAugmentation* augmentation) {
    Generator shuffling(3);
    return TrainPairNetwork(sets, MakeTraining(2, 40, 0.01), *MakeLoss(1),
                            shuffling, augmentation, NotCancelled(),
                            *MakeNetwork());
  };
  // With one batch an epoch, which has all pairs, the first step sees the pairs
  // that the augmentation makes of them in the epoch's order.
  PairSets changed = {MakePairs(40, 1), MakePairs(10, 2)};
  Generator shuffling(3);
  const Tensor<int64_t> order = RandomPermutation(40, shuffling);
  GatherRows(pairs.train.inputs, order.values(), changed.train.inputs);
  GatherRows(pairs.train.targets, order.values(), changed.train.targets);
  GatherRows(pairs.train.classes, order.values(), changed.train.classes);
  AugmentationOptions options;
  options.translation = 2;
  Generator by_hand(4);
  PairAugmentation(options, /*swap_pairs=*/true, 0.5f, by_hand)
      .Apply(changed.train);

  Generator generator(4);
  PairAugmentation augmentation(options, /*swap_pairs=*/true, 0.5f, generator);
  const PairTrainingResult result = run(pairs, &augmentation);
  const PairTrainingResult expected = run(changed, nullptr);
  ASSERT_THAT(result.epochs, SizeIs(2));
  EXPECT_NEAR(result.epochs[0].loss(), expected.epochs[0].loss(), 1e-6);
  // The pairs are others in each epoch.
  EXPECT_NE(result.epochs[1].loss(), expected.epochs[1].loss());
  EXPECT_GT(
      std::abs(result.epochs[0].loss() - run(pairs, nullptr).epochs[0].loss()),
      1e-3);
}

TEST(TrainPairNetworkTest, LeavesAveragedWeights) {
  const PairSets pairs = {MakePairs(20, 1), MakePairs(10, 2)};
  const auto train = [&](int epochs, double averaging) {
    auto network = MakeNetwork();
    proto::Training training = MakeTraining(epochs, 20, 0.01);
    training.set_weight_averaging(averaging);
    Generator shuffling(3);
    TrainPairNetwork(pairs, training, *MakeLoss(1), shuffling,
                     /*augmentation=*/nullptr, NotCancelled(), *network);
    return network;
  };
  // An epoch is a step.
  const auto averaged = train(3, 0.75);
  const auto first = train(1, 0);
  const auto second = train(2, 0);
  const auto third = train(3, 0);
  for (size_t i = 0; i < averaged->Parameters().size(); ++i) {
    const auto value = [i](PairNetwork& network, int64_t j) {
      return double{network.Parameters()[i].parameter->value.data()[j]};
    };
    for (int64_t j = 0; j < averaged->Parameters()[i].parameter->value.size();
         ++j) {
      EXPECT_NEAR(value(*averaged, j),
                  0.75 * (0.75 * value(*first, j) + 0.25 * value(*second, j)) +
                      0.25 * value(*third, j),
                  1e-6);
    }
  }
}

// Test errors between are those of the averages, and training goes on from
// where it was.
TEST(TrainPairNetworkTest, TestIntervalSeesAveragedWeights) {
  const PairSets pairs = {MakePairs(100, 1), MakePairs(200, 2)};
  const auto run = [&](int epochs, int test_interval, PairNetwork& network) {
    proto::Training training = MakeTraining(epochs, 20, 0.003);
    training.set_weight_averaging(0.9);
    training.set_test_interval(test_interval);
    Generator shuffling(3);
    return TrainPairNetwork(pairs, training, *MakeLoss(1), shuffling,
                            /*augmentation=*/nullptr, NotCancelled(), network);
  };
  const auto network = MakeNetwork();
  const PairTrainingResult all = run(4, 1, *network);
  const auto half = MakeNetwork();
  run(2, 0, *half);
  const PairErrors errors = EvaluatePairNetwork(pairs.test, *half);
  EXPECT_GT(errors.comparison.wrong(), 0);
  EXPECT_EQ(all.epochs[1].test().wrong(), errors.comparison.wrong());
  const auto undisturbed = MakeNetwork();
  run(4, 0, *undisturbed);
  EXPECT_EQ(network->Parameters()[0].parameter->value.values(),
            undisturbed->Parameters()[0].parameter->value.values());
}

std::unique_ptr<PairEnsemble> MakeEnsemble(int networks) {
  proto::Architecture architecture;
  EXPECT_THAT(ParseTextProto(R"(
      branches: SHARED
      branch { flatten {} }
      branch { linear { out_features: 10 } }
      head { linear { out_features: 2 } })",
                             "", &architecture),
              IsOk());
  architecture.set_networks(networks);
  Generator generator(0);
  return *PairEnsemble::Create(architecture, kImages, {generator, generator});
}

TEST(TrainPairEnsembleTest, TrainsEachNetworkByItself) {
  const PairSets pairs = {MakePairs(50, 1), MakePairs(20, 2)};
  proto::Training training = MakeTraining(3, 10, 0.003);
  training.set_test_interval(3);
  const auto together = MakeEnsemble(3);
  Generator shuffling(3);
  const PairTrainingResult result =
      TrainPairEnsemble(pairs, training, *MakeLoss(1), shuffling,
                        /*augmentation=*/nullptr, NotCancelled(), *together);
  EXPECT_FALSE(result.stop.has_value());

  const auto one_by_one = MakeEnsemble(3);
  Generator going_on(3);
  std::vector<proto::Epoch> epochs;
  for (const auto& network : one_by_one->networks()) {
    const PairTrainingResult part =
        TrainPairNetwork(pairs, training, *MakeLoss(1), going_on,
                         /*augmentation=*/nullptr, NotCancelled(), *network);
    epochs.push_back(part.epochs[2]);
  }
  for (size_t i = 0; i < together->Parameters().size(); ++i) {
    EXPECT_EQ(together->Parameters()[i].parameter->value.values(),
              one_by_one->Parameters()[i].parameter->value.values());
  }
  ASSERT_THAT(result.epochs, SizeIs(3));
  const proto::Epoch& last = result.epochs[2];
  EXPECT_DOUBLE_EQ(
      last.loss(),
      (epochs[0].loss() + epochs[1].loss() + epochs[2].loss()) / 3);
  EXPECT_NEAR(last.loss(), last.comparison_loss() + last.auxiliary_loss(),
              1e-12);
  EXPECT_EQ(last.train().total(), 3 * 50);
  EXPECT_EQ(last.train().wrong(), epochs[0].train().wrong() +
                                      epochs[1].train().wrong() +
                                      epochs[2].train().wrong());
  EXPECT_EQ(last.train_digits().total(), 3 * 100);
  EXPECT_EQ(last.test().total(), 3 * 20);
  EXPECT_EQ(last.test_digits().wrong(), epochs[0].test_digits().wrong() +
                                            epochs[1].test_digits().wrong() +
                                            epochs[2].test_digits().wrong());
}

TEST(TrainPairEnsembleTest, StopsWithTheNetworkThatDoes) {
  const PairSets pairs = {MakePairs(50, 1), MakePairs(20, 2)};
  const auto ensemble = MakeEnsemble(2);
  ensemble->networks()[1]->Parameters()[1].parameter->value.Fill(
      std::numeric_limits<float>::infinity());
  Generator shuffling(3);
  const PairTrainingResult result = TrainPairEnsemble(
      pairs, MakeTraining(3, 10, 0.003), *MakeLoss(1), shuffling,
      /*augmentation=*/nullptr, NotCancelled(), *ensemble);
  ASSERT_TRUE(result.stop.has_value());
  EXPECT_EQ(result.stop->reason, proto::RunRecord::DIVERGED);
  EXPECT_EQ(result.stop->epoch, 1);
  EXPECT_THAT(result.epochs, SizeIs(0));
}

TEST(EvaluatePairEnsembleTest, CountsWhatIsWrongTogether) {
  const PairSet pairs = MakePairs(200, 2);
  const auto ensemble = MakeEnsemble(2);
  const PairErrors errors = EvaluatePairEnsemble(pairs, *ensemble);
  const PairNetwork::Output output = ensemble->Predict(pairs.inputs);
  int64_t wrong = 0;
  for (int64_t n = 0; n < 200; ++n) {
    const int64_t answer =
        output.comparison(n, 1) > output.comparison(n, 0) ? 1 : 0;
    if (answer != pairs.targets(n)) ++wrong;
  }
  EXPECT_GT(wrong, 20);
  EXPECT_EQ(errors.comparison.wrong(), wrong);
  EXPECT_EQ(errors.digits.total(), 400);
}

TEST(TrainPairNetworkTest, LossIsTheSumOfItsParts) {
  const PairSets pairs = {MakePairs(20, 1), {}};
  const auto network = MakeNetwork();
  Generator shuffling(3);
  const PairTrainingResult result = TrainPairNetwork(
      pairs, MakeTraining(1, 10, 0.01), *MakeLoss(0.5), shuffling,
      /*augmentation=*/nullptr, NotCancelled(), *network);
  const proto::Epoch& epoch = result.epochs[0];
  EXPECT_GT(epoch.auxiliary_loss(), 0);
  EXPECT_DOUBLE_EQ(epoch.loss(),
                   epoch.comparison_loss() + 0.5 * epoch.auxiliary_loss());
}

// What one step on all of five pairs makes of the network's parameters, in one
// after the other, and the mean loss before it.
struct OneStep {
  std::vector<float> parameters;
  double loss;
};
OneStep TakeOneStep(const proto::Training& training, PairLoss& loss) {
  const PairSets pairs = {MakePairs(5, 1), {}};
  const auto network = MakeNetwork();
  Generator shuffling(3);
  const PairTrainingResult result =
      TrainPairNetwork(pairs, training, loss, shuffling,
                       /*augmentation=*/nullptr, NotCancelled(), *network);
  OneStep step = {{}, result.epochs[0].loss()};
  for (const NamedParameter& named : network->Parameters()) {
    const auto values = named.parameter->value.values();
    step.parameters.insert(step.parameters.end(), values.begin(), values.end());
  }
  return step;
}

// How far the step of an SGD with rate 1 goes: the gradients' norm.
double StepNorm(const proto::Training& training, PairLoss& loss) {
  proto::Training none = training;
  none.mutable_sgd()->set_learning_rate(1e-30);
  const OneStep before = TakeOneStep(none, loss);
  const OneStep after = TakeOneStep(training, loss);
  double sum = 0;
  for (size_t i = 0; i < before.parameters.size(); ++i) {
    sum += std::pow(after.parameters[i] - before.parameters[i], 2);
  }
  return std::sqrt(sum);
}

proto::Training OneStepOfSgd() {
  proto::Training training = MakeTraining(1, 5, 1);
  training.mutable_sgd()->set_learning_rate(1);
  return training;
}

TEST(TrainPairNetworkTest, GradientsAreClipped) {
  proto::Training training = OneStepOfSgd();
  const auto loss = MakeLoss(1);
  const double norm = StepNorm(training, *loss);
  ASSERT_GT(norm, 1);
  training.set_max_gradient_norm(norm / 3);
  EXPECT_NEAR(StepNorm(training, *loss), norm / 3, 1e-5 * norm);
  training.set_max_gradient_norm(2 * norm);
  EXPECT_EQ(StepNorm(training, *loss), norm);
  // So small that nearly every gradient is larger.
  training.set_max_gradient_value(1e-6);
  EXPECT_LT(StepNorm(training, *loss), 0.01 * norm);
  EXPECT_GT(StepNorm(training, *loss), 0);
}

TEST(TrainPairNetworkTest, RatesFollowTheSchedule) {
  proto::Training training = OneStepOfSgd();
  const auto loss = MakeLoss(1);
  const double norm = StepNorm(training, *loss);
  training.set_schedule(proto::Training::ONE_CYCLE);
  // Of a single step, the last one's.
  EXPECT_NEAR(StepNorm(training, *loss), norm / 250'000, 1e-2 * norm / 250'000);
}

TEST(TrainPairNetworkTest, RecordedLossIsWhatIsLowered) {
  const auto loss_of = [](const std::string& losses) {
    return TakeOneStep(OneStepOfSgd(), *MakeLoss(0.5, losses)).loss;
  };
  const double mean = loss_of("");
  EXPECT_NEAR(loss_of("comparison_loss { reduction: SUM } "
                      "auxiliary_loss { reduction: SUM }"),
              5 * mean, 1e-6 * mean);
  EXPECT_NE(loss_of("comparison_loss { mse {} }"), mean);
  EXPECT_NE(loss_of("auxiliary_loss { bce_with_logits {} }"), mean);
}

TEST(TrainPairNetworkTest, LearnsByAnyLoss) {
  const PairSets pairs = {MakePairs(500, 1), MakePairs(200, 2)};
  for (const char* losses :
       {"comparison_loss { bce_with_logits {} } "
        "auxiliary_loss { bce_with_logits {} }",
        "comparison_loss { mse {} } auxiliary_loss { mse {} }",
        "comparison_loss { cross_entropy { class_weights: [2, 1] } } "
        "auxiliary_loss { cross_entropy { label_smoothing: 0.1 } }"}) {
    SCOPED_TRACE(losses);
    const auto network = MakeNetwork();
    Generator shuffling(3);
    TrainPairNetwork(pairs, MakeTraining(20, 50, 0.01), *MakeLoss(1, losses),
                     shuffling, /*augmentation=*/nullptr, NotCancelled(),
                     *network);
    const PairErrors errors = EvaluatePairNetwork(pairs.test, *network);
    EXPECT_LT(errors.comparison.wrong(), 0.1 * 200);
    EXPECT_LT(errors.digits.wrong(), 0.01 * 400);
  }
}

// Without a step, the mean loss must not depend on how pairs fall into batches,
// also if the last one is smaller.
TEST(TrainPairNetworkTest, EpochLossIsTheMeanOverPairs) {
  const PairSets pairs = {MakePairs(7, 1), {}};
  std::vector<double> losses;
  for (const int batch_size : {7, 3, 1}) {
    const auto network = MakeNetwork();
    Generator shuffling(3);
    const PairTrainingResult result = TrainPairNetwork(
        pairs, MakeTraining(1, batch_size, 1e-30), *MakeLoss(1), shuffling,
        /*augmentation=*/nullptr, NotCancelled(), *network);
    losses.push_back(result.epochs[0].loss());
  }
  EXPECT_NEAR(losses[1], losses[0], 1e-6 * losses[0]);
  EXPECT_NEAR(losses[2], losses[0], 1e-6 * losses[0]);
}

TEST(TrainPairNetworkTest, AuxiliaryWeightZeroLeavesDigitsUntrained) {
  const PairSets pairs = {MakePairs(200, 1), {}};
  const auto network = MakeNetwork();
  Generator shuffling(3);
  const PairTrainingResult result = TrainPairNetwork(
      pairs, MakeTraining(5, 50, 0.01), *MakeLoss(0), shuffling,
      /*augmentation=*/nullptr, NotCancelled(), *network);
  EXPECT_EQ(result.epochs[0].auxiliary_loss(), 0);
  EXPECT_GT(EvaluatePairNetwork(pairs.train, *network).digits.wrong(), 200);
}

TEST(TrainPairNetworkTest, SameSeedsGiveTheSameBits) {
  const PairSets pairs = {MakePairs(30, 1), {}};
  std::vector<std::unique_ptr<PairNetwork>> networks;
  for (int i = 0; i < 2; ++i) {
    networks.push_back(MakeNetwork(4));
    Generator shuffling(3);
    TrainPairNetwork(pairs, MakeTraining(2, 10, 0.01), *MakeLoss(1), shuffling,
                     /*augmentation=*/nullptr, NotCancelled(),
                     *networks.back());
  }
  const auto a = networks[0]->Parameters();
  const auto b = networks[1]->Parameters();
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].parameter->value.values(), b[i].parameter->value.values());
  }
}

TEST(TrainPairNetworkTest, DivergenceIsFoundAtItsStep) {
  PairSets pairs = {MakePairs(30, 1), {}};
  // Every batch of the whole set has this pair: the first step diverges.
  pairs.train.inputs(4, 0, 0, 0) = std::numeric_limits<float>::infinity();
  const auto network = MakeNetwork();
  Generator shuffling(3);
  const PairTrainingResult result = TrainPairNetwork(
      pairs, MakeTraining(3, 30, 0.01), *MakeLoss(1), shuffling,
      /*augmentation=*/nullptr, NotCancelled(), *network);
  ASSERT_TRUE(result.stop.has_value());
  EXPECT_EQ(result.stop->reason, proto::RunRecord::DIVERGED);
  EXPECT_EQ(result.stop->epoch, 1);
  EXPECT_EQ(result.stop->step, 1);
  ASSERT_TRUE(result.stop->loss.has_value());
  // The one NaN whose sign is plus, which x86 never makes by itself.
  EXPECT_TRUE(std::isnan(*result.stop->loss));
  EXPECT_FALSE(std::signbit(*result.stop->loss));
  EXPECT_THAT(result.epochs, SizeIs(0));
}

TEST(TrainPairNetworkTest, StopsWhenCancelled) {
  const PairSets pairs = {MakePairs(30, 1), {}};
  const auto network = MakeNetwork();
  Generator shuffling(3);
  const std::atomic<bool> cancelled = true;
  const PairTrainingResult result = TrainPairNetwork(
      pairs, MakeTraining(3, 30, 0.01), *MakeLoss(1), shuffling,
      /*augmentation=*/nullptr, cancelled, *network);
  ASSERT_TRUE(result.stop.has_value());
  EXPECT_EQ(result.stop->reason, proto::RunRecord::INTERRUPTED);
  EXPECT_EQ(result.stop->epoch, 1);
  EXPECT_EQ(result.stop->step, 1);
  EXPECT_FALSE(result.stop->loss.has_value());
}

// With steps too small to change anything, what is seen while training is what
// an evaluation sees.
TEST(TrainPairNetworkTest, TrainingErrorsAreOfAllPairs) {
  const PairSets pairs = {MakePairs(70, 1), {}};
  const auto network = MakeNetwork();
  Generator shuffling(3);
  const PairTrainingResult result = TrainPairNetwork(
      pairs, MakeTraining(2, 30, 1e-30), *MakeLoss(1), shuffling,
      /*augmentation=*/nullptr, NotCancelled(), *network);
  const PairErrors errors = EvaluatePairNetwork(pairs.train, *network);
  ASSERT_GT(errors.comparison.wrong(), 0);
  for (const proto::Epoch& epoch : result.epochs) {
    EXPECT_EQ(epoch.train().wrong(), errors.comparison.wrong());
    EXPECT_EQ(epoch.train().total(), 70);
    EXPECT_EQ(epoch.train_digits().wrong(), errors.digits.wrong());
    EXPECT_EQ(epoch.train_digits().total(), 140);
  }
}

TEST(TrainPairNetworkTest, TestErrorsAtTheirIntervalChangeNothingElse) {
  const PairSets pairs = {MakePairs(60, 1), MakePairs(40, 2)};
  proto::Training training = MakeTraining(4, 20, 0.01);
  std::vector<PairTrainingResult> results;
  PairErrors last;
  for (const int interval : {0, 2}) {
    training.set_test_interval(interval);
    const auto network = MakeNetwork();
    Generator shuffling(3);
    results.push_back(TrainPairNetwork(pairs, training, *MakeLoss(1), shuffling,
                                       /*augmentation=*/nullptr, NotCancelled(),
                                       *network));
    last = EvaluatePairNetwork(pairs.test, *network);
  }
  ASSERT_THAT(results[1].epochs, SizeIs(4));
  for (int i = 0; i < 4; ++i) {
    const proto::Epoch& without = results[0].epochs[i];
    proto::Epoch with = results[1].epochs[i];
    EXPECT_FALSE(without.has_test());
    EXPECT_EQ(with.test().total(), i % 2 == 0 ? 0 : 40);
    EXPECT_EQ(with.test_digits().total(), i % 2 == 0 ? 0 : 80);
    with.clear_test();
    with.clear_test_digits();
    EXPECT_EQ(with.DebugString(), without.DebugString());
  }
  EXPECT_EQ(results[1].epochs[3].test().wrong(), last.comparison.wrong());
  EXPECT_EQ(results[1].epochs[3].test_digits().wrong(), last.digits.wrong());
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
  const PairSets pairs = {MakeDenormalPair(), {}};
  const auto network = MakeDenormalNetwork();
  Generator shuffling(3);
  const PairTrainingResult result =
      TrainPairNetwork(pairs, MakeTraining(1, 1, 0.01), *MakeLoss(0), shuffling,
                       /*augmentation=*/nullptr, NotCancelled(), *network);
  ASSERT_THAT(result.epochs, SizeIs(1));
  EXPECT_NEAR(result.epochs[0].loss(), std::log(2.0), 1e-6);
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

// Against the network's own logits, pair by pair.
TEST(EvaluatePairNetworkTest, WrongPairsAreNamed) {
  const PairSet pairs = MakePairs(230, 1);
  const auto network = MakeNetwork();
  const PairErrors errors = EvaluatePairNetwork(pairs, *network);
  network->SetTraining(false);
  const Tensor<float>& logits = network->Forward(pairs.inputs).comparison;
  size_t next = 0;
  for (int64_t pair = 0; pair < 230; ++pair) {
    const float margin = logits(pair, 1) - logits(pair, 0);
    if ((margin > 0) == (pairs.targets(pair) == 1)) continue;
    ASSERT_LT(next, errors.wrong_pairs.size());
    const WrongPair& wrong = errors.wrong_pairs[next++];
    EXPECT_EQ(wrong.pair, pair);
    EXPECT_EQ(wrong.answer, margin > 0 ? 1 : 0);
    EXPECT_EQ(wrong.margin, std::abs(margin));
  }
  EXPECT_EQ(next, errors.wrong_pairs.size());
  EXPECT_EQ(errors.comparison.wrong(), static_cast<int64_t>(next));
  EXPECT_GT(next, 20u);
}

}  // namespace
}  // namespace minidl
