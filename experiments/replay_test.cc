#include "experiments/replay.h"

#include <atomic>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "experiments/round.h"
#include "experiments/study.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_records.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

// Records of two architectures' round 0, and of the first one's round 2.
std::vector<proto::RunRecord> Records() {
  const Study study = SmallStudy();
  const std::atomic<bool> cancelled = false;
  std::vector<proto::RunRecord> records;
  for (const auto& [configuration, round] :
       {std::pair(0, 0), std::pair(1, 0), std::pair(0, 2)}) {
    records.push_back(*RunRound(
        SharedMnist(), study.configurations[static_cast<size_t>(configuration)],
        round, cancelled));
  }
  return records;
}

TEST(ReplayTest, TheSameBytes) {
  const std::vector<proto::RunRecord> records = Records();
  const std::vector<ReplayRound> rounds = PlanReplay(records);
  std::vector<size_t> replayed;
  std::atomic<bool> cancelled = false;
  EXPECT_THAT(
      RunReplay(rounds, "", /*jobs=*/2, cancelled,
                [&](const ReplayRound& round, const proto::RunRecord& record) {
                  replayed.push_back(round.records.at(0));
                  EXPECT_EQ(SerializeRunRecord(ReproducibleForm(record)),
                            SerializeRunRecord(
                                ReproducibleForm(records[replayed.back()])));
                  return absl::OkStatus();
                }),
      IsOk());
  EXPECT_THAT(replayed, UnorderedElementsAre(0, 1, 2));
}

TEST(ReplayTest, CopiesAreRunOnce) {
  std::vector<proto::RunRecord> records = Records();
  records.push_back(records[1]);
  records.back().clear_environment();
  const std::vector<ReplayRound> rounds = PlanReplay(records);
  ASSERT_EQ(rounds.size(), 3u);
  EXPECT_THAT(rounds[1].records, ElementsAre(1, 3));
  EXPECT_EQ(rounds[2].round, 2);
}

TEST(ReplayTest, RecordsThatCannotBeRun) {
  proto::RunRecord record = Records()[0];
  EXPECT_THAT(CheckReplay(record), IsOk());
  record.set_round(-1);
  EXPECT_THAT(CheckReplay(record), StatusIs(absl::StatusCode::kInvalidArgument,
                                            testing::HasSubstr("round is -1")));
  record.set_round(0);
  record.mutable_training()->set_epochs(0);
  EXPECT_THAT(CheckReplay(record),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::HasSubstr("training.epochs is 0")));
}

TEST(ReplayTest, ErrorsAndInterruptionsEndIt) {
  const std::vector<ReplayRound> rounds = PlanReplay(Records());
  std::atomic<bool> cancelled = false;
  EXPECT_THAT(RunReplay(rounds, "", /*jobs=*/1, cancelled,
                        [](const ReplayRound&, const proto::RunRecord&) {
                          return absl::DataLossError("enough");
                        }),
              StatusIs(absl::StatusCode::kDataLoss, "enough"));
  EXPECT_TRUE(cancelled);
  EXPECT_THAT(RunReplay(rounds, "", /*jobs=*/1, cancelled,
                        [](const ReplayRound&, const proto::RunRecord&) {
                          ADD_FAILURE();
                          return absl::OkStatus();
                        }),
              StatusIs(absl::StatusCode::kCancelled, testing::_));
  cancelled = false;
  EXPECT_THAT(
      RunReplay(rounds, "/nowhere", /*jobs=*/1, cancelled, {}),
      StatusIs(absl::StatusCode::kNotFound, testing::HasSubstr("/nowhere")));
}

}  // namespace
}  // namespace minidl
