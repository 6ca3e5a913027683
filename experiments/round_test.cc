#include "experiments/round.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "base/fingerprint.h"
#include "base/status_testutil.h"
#include "data/pair_sets.h"
#include "data/standardize.h"
#include "experiments/mistakes.h"
#include "experiments/pair_training.h"
#include "experiments/seeds.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/network_state.h"
#include "nn/parameter.h"
#include "proto/model.pb.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"
#include "records/run_records.h"
#include "tensor/flush_denormals.h"
#include "tensor/generator.h"

namespace minidl {
namespace {

class RoundTest : public testing::Test {
 protected:
  RoundTest() : study_(SmallStudy()) {}

  proto::RunRecord Run(int configuration, int round) {
    auto record = RunRound(SharedMnist(), study_.configurations[configuration],
                           round, cancelled_);
    EXPECT_THAT(record, IsOk());
    return *record;
  }

  proto::Training& Training(int configuration) {
    return *study_.configurations[configuration].mutable_training();
  }

  Study study_;
  std::atomic<bool> cancelled_ = false;
};

TEST_F(RoundTest, RecordSaysWhatWasRunAndWhatCameOut) {
  const proto::RunRecord record = Run(1, 2);
  EXPECT_EQ(record.schema_version(), kRunRecordSchemaVersion);
  EXPECT_EQ(record.study_name(), "small");
  EXPECT_EQ(record.study_seed(), 5u);
  EXPECT_EQ(record.round(), 2);
  EXPECT_EQ(record.architecture().name(), "shared_aux");
  EXPECT_EQ(record.training().epochs(), 2);
  EXPECT_EQ(record.train_pairs(), 60);
  EXPECT_EQ(record.test_pairs(), 40);
  EXPECT_EQ(record.data_set(), "mnist");
  EXPECT_EQ(record.status(), proto::RunRecord::FINISHED);
  EXPECT_EQ(record.epochs_size(), 2);
  EXPECT_EQ(record.errors().train().total(), 60);
  EXPECT_EQ(record.errors().test().total(), 40);
  EXPECT_EQ(record.errors().test_digits().total(), 80);
  EXPECT_EQ(record.errors().train_digits().total(), 120);
  // 196 10 + 10 in the branch, 20 2 + 2 in the head.
  EXPECT_EQ(record.parameter_count(), 2012);
  EXPECT_GT(record.environment().start_time_ms(), 0);
  EXPECT_GT(record.environment().training_seconds(), 0);
}

TEST_F(RoundTest, DependsOnItsArgumentsAlone) {
  const std::string first = SerializeRunRecord(ReproducibleForm(Run(0, 1)));
  Run(1, 0);
  EXPECT_EQ(SerializeRunRecord(ReproducibleForm(Run(0, 1))), first);
}

TEST_F(RoundTest, DoesNotDependOnTheThreadsMode) {
  const std::string record = SerializeRunRecord(ReproducibleForm(Run(0, 0)));
  const FlushDenormals flush_denormals;
  EXPECT_EQ(SerializeRunRecord(ReproducibleForm(Run(0, 0))), record);
}

TEST_F(RoundTest, ArchitecturesSeeTheSamePairsAndRoundsDoNot) {
  std::set<uint64_t> data;
  for (int round = 0; round < 3; ++round) {
    const proto::RunRecord a = Run(0, round);
    const proto::RunRecord b = Run(1, round);
    EXPECT_EQ(a.data_hash(), b.data_hash());
    data.insert(a.data_hash());
  }
  EXPECT_EQ(data.size(), 3u);
}

// What smaller training sets are compared on.
TEST_F(RoundTest, TestPairsDoNotDependOnTheNumberOfTrainingPairs) {
  const proto::RunRecord usual = Run(0, 1);
  study_.configurations[0].set_train_pairs(50);
  const proto::RunRecord fewer = Run(0, 1);
  EXPECT_NE(usual.data_hash(), fewer.data_hash());
  EXPECT_EQ(usual.test_data_hash(), fewer.test_data_hash());
  EXPECT_NE(usual.test_data_hash(), 0u);
  EXPECT_NE(usual.test_data_hash(), Run(0, 2).test_data_hash());
}

TEST_F(RoundTest, WeightsAreDrawnAnewInEachRound) {
  EXPECT_NE(Run(0, 0).initialization_hash(), Run(0, 1).initialization_hash());
}

TEST_F(RoundTest, DigitErrorOnlyWhereTheyAreTrained) {
  EXPECT_FALSE(Run(0, 0).errors().has_test_digits());
  EXPECT_TRUE(Run(1, 0).errors().has_test_digits());
}

// Also with dropout, which evaluation neither applies nor draws numbers for.
TEST_F(RoundTest, TestIntervalChangesNothingElse) {
  const proto::RunRecord without = Run(1, 0);
  Training(1).set_test_interval(1);
  proto::RunRecord with = Run(1, 0);
  with.mutable_training()->clear_test_interval();
  for (proto::Epoch& epoch : *with.mutable_epochs()) {
    EXPECT_EQ(epoch.test().total(), 40);
    epoch.clear_test();
    epoch.clear_test_digits();
  }
  EXPECT_EQ(SerializeRunRecord(ReproducibleForm(with)),
            SerializeRunRecord(ReproducibleForm(without)));
}

TEST_F(RoundTest, DivergedRoundIsARecord) {
  Training(1).mutable_sgd()->set_learning_rate(3e38);
  const proto::RunRecord record = Run(1, 0);
  EXPECT_EQ(record.status(), proto::RunRecord::DIVERGED);
  EXPECT_EQ(record.divergence(), proto::RunRecord::NON_FINITE);
  EXPECT_GE(record.stopped_epoch(), 1);
  EXPECT_GE(record.stopped_step(), 1);
  EXPECT_TRUE(record.has_stopped_loss());
  EXPECT_FALSE(std::isfinite(record.stopped_loss()));
  EXPECT_FALSE(record.has_errors());
}

TEST_F(RoundTest, DivergenceInTheLastStepIsFound) {
  // The only step makes weights of 1e30: what follows is an evaluation.
  Training(1).set_epochs(1);
  Training(1).set_batch_size(60);
  Training(1).mutable_sgd()->set_learning_rate(1e30);
  const proto::RunRecord record = Run(1, 0);
  EXPECT_EQ(record.status(), proto::RunRecord::DIVERGED);
  EXPECT_EQ(record.divergence(), proto::RunRecord::NON_FINITE);
  EXPECT_EQ(record.stopped_epoch(), 1);
  EXPECT_EQ(record.stopped_step(), 1);
  EXPECT_EQ(record.epochs_size(), 1);
  EXPECT_FALSE(record.has_stopped_loss());
  EXPECT_FALSE(record.has_errors());
}

// A branch of dead units: what follows depends on the biases alone.
TEST_F(RoundTest, OneAnswerForAllTrainingPairsIsADivergence) {
  proto::Architecture& architecture =
      *study_.configurations[0].mutable_architecture();
  architecture.mutable_branch(2)->mutable_relu();
  Training(0).mutable_sgd()->set_learning_rate(1e3);
  Training(0).set_epochs(34);  // Of three steps each.
  proto::Model model;
  auto record =
      RunRound(SharedMnist(), study_.configurations[0], 0, cancelled_, &model);
  ASSERT_THAT(record, IsOk());
  EXPECT_EQ(record->status(), proto::RunRecord::DIVERGED);
  EXPECT_EQ(record->divergence(), proto::RunRecord::AT_CHANCE);
  EXPECT_EQ(record->stopped_epoch(), 34);
  EXPECT_EQ(record->stopped_step(), 3);
  EXPECT_FALSE(record->has_stopped_loss());
  EXPECT_EQ(record->epochs_size(), 34);
  EXPECT_EQ(record->errors().test().total(), 40);
  // One class of two, in pairs that are as often of the one as of the other.
  EXPECT_NEAR(record->errors().train().wrong(), 30, 12);
  EXPECT_EQ(model.ByteSizeLong(), 0u);

  // Nobody can tell after a short training.
  Training(0).set_epochs(33);
  record = RunRound(SharedMnist(), study_.configurations[0], 0, cancelled_);
  ASSERT_THAT(record, IsOk());
  EXPECT_EQ(record->status(), proto::RunRecord::FINISHED);
}

// As long as it is wrong: a small set may be of one class.
TEST_F(RoundTest, OneRightAnswerForAllTrainingPairsIsNoDivergence) {
  study_.configurations[0].set_train_pairs(1);
  Training(0).set_batch_size(1);
  Training(0).set_epochs(200);
  Training(0).set_input_normalization(proto::Training::NONE);
  const proto::RunRecord record = Run(0, 0);
  EXPECT_EQ(record.status(), proto::RunRecord::FINISHED);
  EXPECT_EQ(record.errors().train().wrong(), 0);
}

TEST_F(RoundTest, TrainedParametersHaveTheirHash) {
  const proto::RunRecord record = Run(0, 0);
  EXPECT_NE(record.trained_hash(), 0u);
  EXPECT_NE(record.trained_hash(), record.initialization_hash());
  EXPECT_EQ(Run(0, 0).trained_hash(), record.trained_hash());
}

// Momentum changes running statistics, and nothing else before the evaluation.
TEST_F(RoundTest, TrainedHashIsOfBuffersToo) {
  proto::BatchNorm1d& batch_norm = *study_.configurations[0]
                                        .mutable_architecture()
                                        ->add_head()
                                        ->mutable_batch_norm1d();
  const proto::RunRecord usual = Run(0, 0);
  batch_norm.set_momentum(0.5);
  const proto::RunRecord other = Run(0, 0);
  EXPECT_EQ(usual.initialization_hash(), other.initialization_hash());
  EXPECT_EQ(usual.epochs(1).loss(), other.epochs(1).loss());
  EXPECT_NE(usual.trained_hash(), other.trained_hash());
}

TEST_F(RoundTest, ModelIsTheTrainedNetwork) {
  const std::string without = SerializeRunRecord(ReproducibleForm(Run(1, 2)));
  proto::Model model;
  const auto record =
      RunRound(SharedMnist(), study_.configurations[1], 2, cancelled_, &model);
  ASSERT_THAT(record, IsOk());
  EXPECT_EQ(SerializeRunRecord(ReproducibleForm(*record)), without);
  EXPECT_EQ(model.provenance().study_name(), "small");
  EXPECT_EQ(model.provenance().study_seed(), 5u);
  EXPECT_EQ(model.provenance().round(), 2);
  EXPECT_EQ(model.provenance().data_set(), "mnist");
  EXPECT_EQ(model.provenance().data_hash(), record->data_hash());
  EXPECT_EQ(model.provenance().errors().SerializeAsString(),
            record->errors().SerializeAsString());
  EXPECT_FALSE(model.has_optimizer());

  Generator dropout(0);
  const auto network = LoadPairNetwork(model, dropout);
  ASSERT_THAT(network, IsOk());
  Fingerprint fingerprint;
  for (const NamedParameter& named : (*network)->Parameters()) {
    fingerprint.Add(absl::Span<const float>(named.parameter->value.values()));
  }
  EXPECT_EQ(fingerprint.value(), record->trained_hash());

  // It gets wrong what the round's did, of the pairs as the round has drawn
  // them.
  Generator generator(StreamSeed(study_.message.seed(), 2, Purpose::kData));
  ASSERT_THAT(GeneratePairSet(SharedMnist().train, 60, generator), IsOk());
  auto test = GeneratePairSet(SharedMnist().test, 40, generator);
  ASSERT_THAT(test, IsOk());
  ASSERT_TRUE(model.has_input_normalization());
  const Standardization standardization = {
      model.input_normalization().mean(),
      model.input_normalization().deviation()};
  EXPECT_GT(standardization.deviation, 50);
  standardization.Apply(test->inputs);
  const PairErrors errors = EvaluatePairNetwork(*test, **network);
  EXPECT_EQ(errors.comparison.SerializeAsString(),
            record->errors().test().SerializeAsString());
  EXPECT_EQ(errors.digits.SerializeAsString(),
            record->errors().test_digits().SerializeAsString());
}

TEST_F(RoundTest, ModelOfAnEnsembleAnswersLikeTheRound) {
  proto::Architecture& architecture =
      *study_.configurations[1].mutable_architecture();
  const int64_t one = Run(1, 0).parameter_count();
  architecture.set_networks(2);
  architecture.set_test_shift(1);
  proto::Model model;
  const auto record =
      RunRound(SharedMnist(), study_.configurations[1], 0, cancelled_, &model);
  ASSERT_THAT(record, IsOk());
  EXPECT_EQ(record->parameter_count(), 2 * one);
  EXPECT_EQ(record->epochs(0).train().total(), 2 * 60);

  Generator dropout(0);
  EXPECT_THAT(LoadPairNetwork(model, dropout),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "architecture.networks is 2; expected one"));
  const auto ensemble = LoadPairEnsemble(model, dropout);
  ASSERT_THAT(ensemble, IsOk());
  Generator generator(StreamSeed(study_.message.seed(), 0, Purpose::kData));
  ASSERT_THAT(GeneratePairSet(SharedMnist().train, 60, generator), IsOk());
  auto test = GeneratePairSet(SharedMnist().test, 40, generator);
  ASSERT_THAT(test, IsOk());
  const Standardization standardization = {
      model.input_normalization().mean(),
      model.input_normalization().deviation()};
  standardization.Apply(test->inputs);
  (*ensemble)->set_background(standardization.Of(0));
  const PairErrors errors = EvaluatePairEnsemble(*test, **ensemble);
  EXPECT_EQ(errors.comparison.SerializeAsString(),
            record->errors().test().SerializeAsString());
}

// All that is drawn for the images comes from a stream of its own.
TEST_F(RoundTest, AugmentationChangesTrainingAlone) {
  const proto::RunRecord plain = Run(0, 0);
  Training(0).mutable_augmentation()->set_translation(2);
  const proto::RunRecord augmented = Run(0, 0);
  EXPECT_EQ(augmented.data_hash(), plain.data_hash());
  EXPECT_EQ(augmented.initialization_hash(), plain.initialization_hash());
  EXPECT_NE(augmented.epochs(0).loss(), plain.epochs(0).loss());
  EXPECT_EQ(Run(0, 0).trained_hash(), augmented.trained_hash());
  // Without any change there is still interpolation, between equal places.
  Training(0).mutable_augmentation()->Clear();
  EXPECT_EQ(Run(0, 0).trained_hash(), plain.trained_hash());
}

TEST_F(RoundTest, RawInputsAndUnfinishedRoundsInModels) {
  proto::Model model;
  Training(0).set_input_normalization(proto::Training::NONE);
  Training(0).mutable_sgd()->set_learning_rate(1e-6);
  auto record =
      RunRound(SharedMnist(), study_.configurations[0], 0, cancelled_, &model);
  ASSERT_THAT(record, IsOk());
  ASSERT_EQ(record->status(), proto::RunRecord::FINISHED);
  EXPECT_EQ(model.height(), 14);
  EXPECT_FALSE(model.has_input_normalization());

  model.Clear();
  cancelled_ = true;
  record =
      RunRound(SharedMnist(), study_.configurations[0], 0, cancelled_, &model);
  ASSERT_THAT(record, IsOk());
  EXPECT_EQ(model.ByteSizeLong(), 0u);
}

TEST_F(RoundTest, MistakesAreShown) {
  const proto::RunRecord record = Run(1, 0);
  const int64_t wrong = record.errors().test().wrong();
  ASSERT_GT(wrong, 0);
  EXPECT_EQ(record.mistakes_size(), std::min<int64_t>(wrong, kMaxMistakes));
  // The pairs as the round has drawn them.
  Generator generator(StreamSeed(study_.message.seed(), 0, Purpose::kData));
  ASSERT_THAT(GeneratePairSet(SharedMnist().train, 60, generator), IsOk());
  const auto test = GeneratePairSet(SharedMnist().test, 40, generator);
  ASSERT_THAT(test, IsOk());
  for (const proto::Mistake& mistake : record.mistakes()) {
    const int64_t pair = mistake.pair();
    EXPECT_EQ(mistake.first_digit(), test->classes(pair, 0));
    EXPECT_EQ(mistake.second_digit(), test->classes(pair, 1));
    EXPECT_EQ(mistake.answer(), test->targets(pair) == 0);
    EXPECT_GE(mistake.probability(), 0.5);
    ASSERT_EQ(mistake.pixels().size(), 2u * 14 * 14);
    const absl::Span<const float> images = test->inputs.Outer(pair);
    for (size_t i = 0; i < images.size(); ++i) {
      ASSERT_NEAR(static_cast<unsigned char>(mistake.pixels()[i]), images[i],
                  0.5);
    }
  }
}

TEST_F(RoundTest, CancelledIsAnInterruptedRecord) {
  cancelled_ = true;
  const proto::RunRecord record = Run(0, 0);
  EXPECT_EQ(record.status(), proto::RunRecord::INTERRUPTED);
  EXPECT_EQ(record.stopped_epoch(), 1);
  EXPECT_EQ(record.stopped_step(), 1);
  EXPECT_FALSE(record.has_stopped_loss());
  EXPECT_FALSE(record.has_errors());
}

}  // namespace
}  // namespace minidl
