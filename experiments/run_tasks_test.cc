#include "experiments/run_tasks.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_testutil.h"
#include "experiments/configuration.h"
#include "experiments/study.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/model.pb.h"
#include "proto/run_record.pb.h"
#include "records/run_records.h"
#include "tensor/flush_denormals_testutil.h"

namespace minidl {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The record that a task of SmallStudy would leave, as far as plans care.
proto::RunRecord RecordOf(const Study& study, const Task& task) {
  proto::RunRecord record;
  SetConfiguration(study.configurations[task.configuration], record);
  record.set_round(task.round);
  return record;
}

TEST(PlanTasksTest, RoundByRound) {
  EXPECT_THAT(PlanTasks(SmallStudy(), std::nullopt, {}),
              IsOkAndHolds(ElementsAre(Task{0, 0}, Task{1, 0}, Task{0, 1},
                                       Task{1, 1}, Task{0, 2}, Task{1, 2})));
}

TEST(PlanTasksTest, OnlyOneRound) {
  EXPECT_THAT(PlanTasks(SmallStudy(), 2, {}),
              IsOkAndHolds(ElementsAre(Task{0, 2}, Task{1, 2})));
}

TEST(PlanTasksTest, WhatIsDoneIsNotDoneAgain) {
  const Study study = SmallStudy();
  EXPECT_THAT(PlanTasks(study, std::nullopt,
                        {RecordOf(study, {1, 0}), RecordOf(study, {0, 2})}),
              IsOkAndHolds(
                  ElementsAre(Task{0, 0}, Task{0, 1}, Task{1, 1}, Task{1, 2})));
}

TEST(PlanTasksTest, WhatWasInterruptedIsDoneAgain) {
  const Study study = SmallStudy();
  proto::RunRecord interrupted = RecordOf(study, {1, 0});
  interrupted.set_status(proto::RunRecord::INTERRUPTED);
  EXPECT_THAT(PlanTasks(study, 0, {interrupted}),
              IsOkAndHolds(ElementsAre(Task{0, 0}, Task{1, 0})));
  EXPECT_THAT(PlanTasks(study, 0, {interrupted, RecordOf(study, {1, 0})}),
              IsOkAndHolds(ElementsAre(Task{0, 0})));
}

TEST(PlanTasksTest, RecordsOfArchitecturesThatAreNotSelectedMayStay) {
  Study study = SmallStudy();
  const proto::RunRecord other = RecordOf(study, {1, 0});
  ASSERT_THAT(SelectConfigurations({"separate"}, study), IsOk());
  EXPECT_THAT(PlanTasks(study, 0, {other}),
              IsOkAndHolds(ElementsAre(Task{0, 0})));
}

// As all records of MNIST that are older than the field.
TEST(PlanTasksTest, RecordsWithoutDataSetAreOfMnist) {
  const Study study = SmallStudy();
  proto::RunRecord record = RecordOf(study, {0, 0});
  record.clear_data_set();
  EXPECT_THAT(PlanTasks(study, 0, {record}),
              IsOkAndHolds(ElementsAre(Task{1, 0})));
}

// Each record is compared with its own configuration.
TEST(PlanTasksTest, ConfigurationsMayDiffer) {
  Study study = SmallStudy();
  study.configurations[1].set_train_pairs(50);
  study.configurations[1].mutable_training()->set_epochs(7);
  EXPECT_THAT(
      PlanTasks(study, 0, {RecordOf(study, {0, 0}), RecordOf(study, {1, 0})}),
      IsOkAndHolds(IsEmpty()));
}

TEST(PlanTasksTest, RecordsOfAnotherStudyAreRefused) {
  const Study study = SmallStudy();
  const auto expect_refusal = [&study](const proto::RunRecord& record,
                                       const std::string& what) {
    EXPECT_THAT(PlanTasks(study, std::nullopt, {record}),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr(what + " differs")));
  };
  proto::RunRecord record = RecordOf(study, {0, 0});
  record.set_study_name("other");
  expect_refusal(record, "study_name");
  record = RecordOf(study, {0, 0});
  record.set_study_seed(6);
  expect_refusal(record, "study_seed");
  record = RecordOf(study, {0, 0});
  record.set_test_pairs(41);
  expect_refusal(record, "test_pairs");
  record = RecordOf(study, {0, 0});
  record.mutable_training()->set_epochs(3);
  expect_refusal(record, "training.epochs");
  record = RecordOf(study, {0, 0});
  record.set_data_set("fashion_mnist");
  expect_refusal(record, "data_set");
  record = RecordOf(study, {0, 0});
  record.mutable_architecture()->set_auxiliary_loss_weight(3);
  expect_refusal(record, "architecture.auxiliary_loss_weight");
  record = RecordOf(study, {0, 0});
  record.mutable_architecture()->add_branch();
  expect_refusal(record, "architecture.branch[3]");
  record = RecordOf(study, {0, 0});
  record.mutable_architecture()->set_name("not_selected");
  record.set_study_seed(6);
  expect_refusal(record, "study_seed");
}

// The reproducible bytes of all records, sorted.
std::vector<std::string> RunAll(int jobs) {
  const Study study = SmallStudy();
  const std::vector<Task> tasks = *PlanTasks(study, std::nullopt, {});
  std::atomic<bool> cancelled = false;
  std::vector<std::string> records;
  EXPECT_THAT(RunTasks(SharedMnist(), study, tasks, jobs, cancelled,
                       [&records](const proto::RunRecord& record) {
                         // A round leaves its thread as it was.
                         EXPECT_FALSE(FlushesResults());
                         records.push_back(
                             SerializeRunRecord(ReproducibleForm(record)));
                         return absl::OkStatus();
                       }),
              IsOk());
  std::sort(records.begin(), records.end());
  return records;
}

TEST(RunTasksTest, RecordsDoNotDependOnJobs) {
  const std::vector<std::string> one = RunAll(1);
  EXPECT_THAT(one, SizeIs(6));
  EXPECT_EQ(RunAll(3), one);
  EXPECT_EQ(RunAll(20), one);
}

TEST(RunTasksTest, StopsAtTheFirstErrorOfTake) {
  const Study study = SmallStudy();
  const std::vector<Task> tasks = *PlanTasks(study, std::nullopt, {});
  std::atomic<bool> cancelled = false;
  int taken = 0;
  EXPECT_THAT(RunTasks(SharedMnist(), study, tasks, 2, cancelled,
                       [&taken](const proto::RunRecord&) {
                         return ++taken == 2
                                    ? absl::ResourceExhaustedError("disk full")
                                    : absl::OkStatus();
                       }),
              StatusIs(absl::StatusCode::kResourceExhausted, "disk full"));
  EXPECT_EQ(taken, 2);
  EXPECT_TRUE(cancelled);
}

TEST(RunTasksTest, StartsAndModelsComeBeforeTheirRecords) {
  const Study study = SmallStudy();
  const std::vector<Task> tasks = *PlanTasks(study, 0, {});
  std::atomic<bool> cancelled = false;
  std::vector<std::string> names;
  EXPECT_THAT(
      RunTasks(
          SharedMnist(), study, tasks, 1, cancelled,
          [&names](const proto::RunRecord& record) {
            names.push_back(record.architecture().name());
            return absl::OkStatus();
          },
          [&names](const proto::Model& model) {
            names.push_back("model of " + model.architecture().name());
            return absl::OkStatus();
          },
          [&names](const Task& task) {
            names.push_back(absl::StrCat("start of ", task.configuration));
          }),
      IsOk());
  EXPECT_THAT(names,
              ElementsAre("start of 0", "model of separate", "separate",
                          "start of 1", "model of shared_aux", "shared_aux"));
}

TEST(RunTasksTest, ModelThatCannotBeWrittenLosesNoRecord) {
  const Study study = SmallStudy();
  const std::vector<Task> tasks = *PlanTasks(study, std::nullopt, {});
  std::atomic<bool> cancelled = false;
  int taken = 0;
  EXPECT_THAT(RunTasks(
                  SharedMnist(), study, tasks, 1, cancelled,
                  [&taken](const proto::RunRecord&) {
                    ++taken;
                    return absl::OkStatus();
                  },
                  [](const proto::Model&) {
                    return absl::ResourceExhaustedError("disk full");
                  }),
              StatusIs(absl::StatusCode::kResourceExhausted, "disk full"));
  EXPECT_EQ(taken, 1);
}

TEST(RunTasksTest, StopsWhenCancelled) {
  const Study study = SmallStudy();
  const std::vector<Task> tasks = *PlanTasks(study, std::nullopt, {});
  std::atomic<bool> cancelled = false;
  int taken = 0;
  EXPECT_THAT(RunTasks(SharedMnist(), study, tasks, 1, cancelled,
                       [&](const proto::RunRecord&) {
                         if (++taken == 3) cancelled = true;
                         return absl::OkStatus();
                       }),
              StatusIs(absl::StatusCode::kCancelled, _));
  EXPECT_EQ(taken, 3);
}

TEST(RunTasksTest, RoundsThatRunWhenCancelledAreInterrupted) {
  Study study = SmallStudy();
  SetEpochs(100'000'000, study);
  const std::vector<Task> tasks = *PlanTasks(study, std::nullopt, {});
  std::atomic<bool> cancelled = false;
  std::thread interrupt([&cancelled] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancelled = true;
  });
  std::vector<proto::RunRecord> records;
  EXPECT_THAT(RunTasks(SharedMnist(), study, tasks, 2, cancelled,
                       [&records](const proto::RunRecord& record) {
                         records.push_back(record);
                         return absl::OkStatus();
                       }),
              StatusIs(absl::StatusCode::kCancelled, _));
  interrupt.join();
  ASSERT_THAT(records, SizeIs(2));
  for (const proto::RunRecord& record : records) {
    EXPECT_EQ(record.status(), proto::RunRecord::INTERRUPTED);
    EXPECT_EQ(record.environment().jobs(), 2);
  }
}

TEST(RunTasksTest, NothingToDoIsDone) {
  std::atomic<bool> cancelled = false;
  EXPECT_THAT(RunTasks(SharedMnist(), SmallStudy(), {}, 4, cancelled,
                       [](const proto::RunRecord&) {
                         return absl::InternalError("never called");
                       }),
              IsOk());
}

}  // namespace
}  // namespace minidl
