#include "tools/replay_records.h"

#include <atomic>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_testutil.h"
#include "experiments/round.h"
#include "experiments/study.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"
#include "tools/console_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Round `round` of each architecture of the small study: "separate" and
// "shared_aux".
std::vector<proto::RunRecord> RunRounds(const Study& study, int round) {
  const std::atomic<bool> cancelled = false;
  std::vector<proto::RunRecord> records;
  for (const proto::Configuration& configuration : study.configurations) {
    records.push_back(
        *RunRound(SharedMnist(), configuration, round, cancelled));
  }
  return records;
}

class ReplayRecordsTest : public testing::Test {
 protected:
  ReplayRecordsTest() { options_.progress = std::fopen("/dev/null", "w"); }
  ~ReplayRecordsTest() override { std::fclose(options_.progress); }

  absl::Status Replay(const std::vector<proto::RunRecord>& records) {
    path_ = WriteTestFile("a", records);
    options_.files = {path_};
    fake_.output.clear();
    return ReplayRecords(options_, cancelled_, fake_.console);
  }

  ReplayRecordsOptions options_;
  std::string path_;
  std::atomic<bool> cancelled_ = false;
  FakeConsole fake_;
};

TEST_F(ReplayRecordsTest, TheSame) {
  std::vector<proto::RunRecord> records = RunRounds(SmallStudy(), 1);
  // A copy without what keeps files small.
  records.push_back(records[1]);
  records[2].clear_environment();
  records[2].clear_epochs();
  records[2].clear_mistakes();
  // An older one.
  records[0].clear_test_data_hash();
  records[0].clear_data_set();
  records.push_back(InterruptedRecord("separate", 2));
  ASSERT_THAT(Replay(records), IsOk());
  EXPECT_EQ(
      fake_.output,
      absl::StrCat(path_, ": record 0, separate round 1: the same\n", path_,
                   ": record 1, shared_aux round 1: the same\n", path_,
                   ": record 2, shared_aux round 1: the same\n", path_,
                   ": record 3, separate round 2: not run, it was "
                   "interrupted in epoch 2, step 5\n"
                   "3 records replayed: 3 the same, 0 differ; 1 not run\n"));
  EXPECT_THAT(fake_.notes, ElementsAre());
}

TEST_F(ReplayRecordsTest, DivergedRounds) {
  Study study = SmallStudy();
  for (proto::Configuration& configuration : study.configurations) {
    configuration.mutable_training()->mutable_sgd()->set_learning_rate(1e30);
  }
  const std::vector<proto::RunRecord> records = RunRounds(study, 0);
  ASSERT_EQ(records[1].status(), proto::RunRecord::DIVERGED);
  EXPECT_THAT(Replay(records), IsOk());
  EXPECT_THAT(fake_.output,
              HasSubstr("2 records replayed: 2 the same, 0 differ\n"));
}

TEST_F(ReplayRecordsTest, DifferencesAreFoundAndNamed) {
  std::vector<proto::RunRecord> records = RunRounds(SmallStudy(), 1);
  records[0].mutable_epochs(1)->set_loss(0.5);
  proto::ErrorCount& test = *records[1].mutable_errors()->mutable_test();
  test.set_wrong(test.wrong() + 1);
  EXPECT_THAT(Replay(records),
              StatusIs(absl::StatusCode::kDataLoss,
                       "2 of 2 records did not come out again"));
  EXPECT_THAT(fake_.output,
              HasSubstr(": record 0, separate round 1: differs in loss of "
                        "epoch 2: 0.5 -> "));
  EXPECT_THAT(fake_.output, HasSubstr(absl::StrCat(
                                ": record 1, shared_aux round 1: differs in "
                                "errors.test.wrong: ",
                                test.wrong(), " -> ", test.wrong() - 1, "\n")));
  EXPECT_THAT(fake_.output,
              HasSubstr("2 records replayed: 0 the same, 2 differ\n"));
  EXPECT_THAT(fake_.notes, ElementsAre());
  records[0].mutable_environment()->mutable_build()->set_id("another");
  EXPECT_FALSE(Replay(records).ok());
  EXPECT_THAT(fake_.notes, ElementsAre(HasSubstr("of another build")));
}

TEST_F(ReplayRecordsTest, ChosenRecords) {
  std::vector<proto::RunRecord> records = RunRounds(SmallStudy(), 0);
  for (const proto::RunRecord& record : RunRounds(SmallStudy(), 1)) {
    records.push_back(record);
  }
  options_.architectures = {"shared_aux"};
  ASSERT_THAT(Replay(records), IsOk());
  EXPECT_THAT(fake_.output, HasSubstr("2 records replayed"));
  options_.only_round = 1;
  ASSERT_THAT(Replay(records), IsOk());
  EXPECT_EQ(fake_.output,
            absl::StrCat(path_, ": record 3, shared_aux round 1: the same\n",
                         "1 record replayed: 1 the same, 0 differ\n"));
  options_.only_round = 2;
  EXPECT_THAT(Replay(records), StatusIs(absl::StatusCode::kInvalidArgument,
                                        "no record is chosen"));
}

TEST_F(ReplayRecordsTest, RecordsThatCannotBeRun) {
  std::vector<proto::RunRecord> records = RunRounds(SmallStudy(), 0);
  records[1].mutable_architecture()->clear_branch();
  EXPECT_THAT(Replay(records),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("a: record 1, shared_aux round 0: cannot be "
                                 "run: architecture.")));
  EXPECT_EQ(fake_.output, "");
}

TEST_F(ReplayRecordsTest, Interruption) {
  cancelled_ = true;
  EXPECT_THAT(Replay(RunRounds(SmallStudy(), 0)),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("interrupted")));
  EXPECT_EQ(fake_.output, "0 records replayed; 2 not run\n");
}

}  // namespace
}  // namespace minidl
