#include "experiments/round.h"

#include <atomic>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/runfile.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "data/mnist.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "proto/run_record.pb.h"
#include "records/run_records.h"
#include "tensor/flush_denormals.h"
#include "tensor/kernels/targets_testutil.h"

namespace minidl {
namespace {

using ::testing::_;

class RoundTest : public testing::Test {
 protected:
  RoundTest() : study_(SmallStudy()) {}

  proto::RunRecord Run(int architecture, int round) {
    auto record =
        RunRound(SharedMnist(), study_.message,
                 study_.architectures[architecture], round, cancelled_);
    EXPECT_THAT(record, IsOk());
    return *record;
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
  EXPECT_EQ(record.status(), proto::RunRecord::FINISHED);
  EXPECT_EQ(record.epochs_size(), 2);
  EXPECT_EQ(record.errors().train().total(), 60);
  EXPECT_EQ(record.errors().test().total(), 40);
  EXPECT_EQ(record.errors().test_digits().total(), 80);
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

TEST_F(RoundTest, WeightsAreDrawnAnewInEachRound) {
  EXPECT_NE(Run(0, 0).initialization_hash(), Run(0, 1).initialization_hash());
}

TEST_F(RoundTest, DigitErrorOnlyWhereTheyAreTrained) {
  EXPECT_FALSE(Run(0, 0).errors().has_test_digits());
  EXPECT_TRUE(Run(1, 0).errors().has_test_digits());
}

TEST_F(RoundTest, DivergedRoundIsARecord) {
  study_.message.mutable_training()->mutable_sgd()->set_learning_rate(3e38);
  const proto::RunRecord record = Run(1, 0);
  EXPECT_EQ(record.status(), proto::RunRecord::DIVERGED);
  EXPECT_GE(record.diverged_epoch(), 1);
  EXPECT_GE(record.diverged_step(), 1);
  EXPECT_FALSE(record.has_errors());
}

TEST_F(RoundTest, DivergenceInTheLastStepIsFound) {
  // The only step makes weights of 1e30: what follows is an evaluation.
  study_.message.mutable_training()->set_epochs(1);
  study_.message.mutable_training()->set_batch_size(60);
  study_.message.mutable_training()->mutable_sgd()->set_learning_rate(1e30);
  const proto::RunRecord record = Run(1, 0);
  EXPECT_EQ(record.status(), proto::RunRecord::DIVERGED);
  EXPECT_EQ(record.diverged_epoch(), 1);
  EXPECT_EQ(record.diverged_step(), 1);
  EXPECT_EQ(record.epochs_size(), 1);
  EXPECT_FALSE(record.has_errors());
}

// A network with convolutions, whose kernels differ most between instruction
// sets.
TEST_F(RoundTest, SameBitsWithAvx2AndAvx512) {
  if (!kernels::HasAvx2AndAvx512()) {
    GTEST_SKIP() << "this processor has not both";
  }
  const auto file =
      FindRunfile("experiments/architectures/convnet_shared_aux.textproto");
  ASSERT_THAT(file, IsOk());
  study_.architectures[0].Clear();
  ASSERT_THAT(ReadTextProto(*file, &study_.architectures[0]), IsOk());
  std::vector<std::string> records;
  for (const int64_t target : {HWY_AVX2, HWY_AVX3}) {
    kernels::ChooseTargets(target);
    records.push_back(SerializeRunRecord(ReproducibleForm(Run(0, 0))));
  }
  kernels::ChooseTargets(0);
  EXPECT_EQ(records[0], records[1]);
}

TEST_F(RoundTest, CancelledLeavesNoRecord) {
  cancelled_ = true;
  EXPECT_THAT(RunRound(SharedMnist(), study_.message, study_.architectures[0],
                       0, cancelled_),
              StatusIs(absl::StatusCode::kCancelled, _));
}

}  // namespace
}  // namespace minidl
