#include "statistics/distinct_records.h"

#include <cmath>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(DistinctRecordsTest, SortedByNameThenRound) {
  const std::vector<proto::RunRecord> records = {
      FinishedRecord("mlp", 1), FinishedRecord("convnet", 10),
      FinishedRecord("mlp", 0), DivergedRecord("convnet", 9)};
  const absl::StatusOr<DistinctRecords> distinct = FindDistinctRecords(records);
  ASSERT_THAT(distinct, IsOk());
  EXPECT_THAT(distinct->records,
              ElementsAre(&records[3], &records[1], &records[2], &records[0]));
  EXPECT_EQ(distinct->duplicates, 0);
}

TEST(DistinctRecordsTest, TheSameRoundOfAnotherSeedOrStudyIsAnotherRecord) {
  std::vector<proto::RunRecord> records(3, FinishedRecord("convnet", 0));
  records[1].set_study_seed(1);
  records[2].set_study_name("other_study");
  const absl::StatusOr<DistinctRecords> distinct = FindDistinctRecords(records);
  ASSERT_THAT(distinct, IsOk());
  EXPECT_EQ(distinct->records.size(), 3u);
}

TEST(DistinctRecordsTest, RepetitionsAreLeftOutInAnyOrder) {
  proto::RunRecord rerun = FinishedRecord("convnet", 0);
  rerun.mutable_environment()->set_training_seconds(0.5);
  const proto::RunRecord first = FinishedRecord("convnet", 0);
  const proto::RunRecord other = FinishedRecord("convnet", 1);
  for (const std::vector<proto::RunRecord>& records :
       {std::vector<proto::RunRecord>{first, other, rerun, first},
        std::vector<proto::RunRecord>{rerun, first, first, other}}) {
    const absl::StatusOr<DistinctRecords> distinct =
        FindDistinctRecords(records);
    ASSERT_THAT(distinct, IsOk());
    EXPECT_EQ(distinct->duplicates, 2);
    ASSERT_EQ(distinct->records.size(), 2u);
    // Always the same one of those that differ in their environment.
    EXPECT_EQ(distinct->records[0]->environment().training_seconds(), 0.5);
  }
}

TEST(DistinctRecordsTest, TheLossOfADivergedRoundEqualsItself) {
  std::vector<proto::RunRecord> records(2, DivergedRecord("convnet", 0));
  for (proto::RunRecord& record : records) {
    record.add_epochs()->set_loss(std::nan(""));
  }
  const absl::StatusOr<DistinctRecords> distinct = FindDistinctRecords(records);
  ASSERT_THAT(distinct, IsOk());
  EXPECT_EQ(distinct->duplicates, 1);
}

TEST(DistinctRecordsTest, InterruptionsGiveWay) {
  const proto::RunRecord done = FinishedRecord("convnet", 0);
  proto::RunRecord early = InterruptedRecord("convnet", 0);
  early.set_stopped_epoch(1);
  const proto::RunRecord late = InterruptedRecord("convnet", 0);
  for (const std::vector<proto::RunRecord>& records :
       {std::vector<proto::RunRecord>{early, late, done},
        std::vector<proto::RunRecord>{done, late, early}}) {
    const absl::StatusOr<DistinctRecords> distinct =
        FindDistinctRecords(records);
    ASSERT_THAT(distinct, IsOk());
    ASSERT_EQ(distinct->records.size(), 1u);
    EXPECT_EQ(distinct->records[0]->status(), proto::RunRecord::FINISHED);
    EXPECT_EQ(distinct->duplicates, 0);
  }
  const std::vector<proto::RunRecord> interruptions = {early, late};
  const absl::StatusOr<DistinctRecords> distinct =
      FindDistinctRecords(interruptions);
  ASSERT_THAT(distinct, IsOk());
  EXPECT_EQ(distinct->records.size(), 1u);
}

TEST(DistinctRecordsTest, ContradictionsAreErrors) {
  EXPECT_THAT(
      FindDistinctRecords({FinishedRecord("convnet", 3, 165),
                           FinishedRecord("mlp", 3, 170),
                           FinishedRecord("convnet", 3, 170)}),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr("round 3 of convnet in study test_study with "
                               "seed 0 is there twice"),
                     HasSubstr("errors.test.wrong: 165 -> 170"))));
}

}  // namespace
}  // namespace minidl
