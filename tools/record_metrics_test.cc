#include "tools/record_metrics.h"

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Texts(const std::vector<Metric>& metrics) {
  std::vector<std::string> texts;
  for (const Metric& metric : metrics) {
    texts.push_back(absl::StrCat(metric.name, "=", metric.value));
  }
  return texts;
}

proto::ErrorCount Count(int wrong, int total) {
  proto::ErrorCount count;
  count.set_wrong(wrong);
  count.set_total(total);
  return count;
}

TEST(RecordMetricsTest, EpochsGiveWhatTheyHave) {
  proto::Epoch epoch;
  epoch.set_loss(2.5);
  epoch.set_comparison_loss(0.5);
  epoch.set_auxiliary_loss(2);
  *epoch.mutable_train() = Count(1, 4);
  EXPECT_THAT(Texts(EpochMetrics(epoch)),
              ElementsAre("loss=2.5", "comparison_loss=0.5", "auxiliary_loss=2",
                          "running_train_error=25"));
  *epoch.mutable_train_digits() = Count(1, 8);
  *epoch.mutable_test() = Count(3, 4);
  *epoch.mutable_test_digits() = Count(0, 8);
  EXPECT_THAT(
      Texts(EpochMetrics(epoch)),
      ElementsAre("loss=2.5", "comparison_loss=0.5", "auxiliary_loss=2",
                  "running_train_error=25", "running_train_digit_error=12.5",
                  "test_error=75", "test_digit_error=0"));
}

TEST(RecordMetricsTest, FinishedRounds) {
  proto::RunRecord record = FinishedRecord("convnet", 0, 165);
  EXPECT_THAT(
      Texts(RoundMetrics(record)),
      ElementsAre("finished=1", "diverged=0", "at_chance=0", "parameters=70342",
                  "train_pairs=1000", "test_pairs=1000", "train_error=0.2",
                  "test_error=16.5", "training_seconds=1.5"));
  *record.mutable_errors()->mutable_train_digits() = Count(1, 8);
  *record.mutable_errors()->mutable_test_digits() = Count(2, 8);
  record.clear_environment();
  EXPECT_THAT(
      Texts(RoundMetrics(record)),
      ElementsAre("finished=1", "diverged=0", "at_chance=0", "parameters=70342",
                  "train_pairs=1000", "test_pairs=1000", "train_error=0.2",
                  "test_error=16.5", "train_digit_error=12.5",
                  "test_digit_error=25"));
}

TEST(RecordMetricsTest, StoppedRounds) {
  EXPECT_THAT(
      Texts(RoundMetrics(DivergedRecord("convnet", 0))),
      ElementsAre("finished=0", "diverged=1", "at_chance=0", "parameters=70342",
                  "train_pairs=1000", "test_pairs=1000", "stopped_epoch=3",
                  "stopped_step=7", "stopped_loss=inf",
                  "training_seconds=1.5"));
  EXPECT_THAT(
      Texts(RoundMetrics(InterruptedRecord("convnet", 0))),
      ElementsAre("finished=0", "diverged=0", "at_chance=0", "parameters=70342",
                  "train_pairs=1000", "test_pairs=1000", "stopped_epoch=2",
                  "stopped_step=5", "training_seconds=1.5"));
  EXPECT_THAT(
      Texts(RoundMetrics(AtChanceRecord("convnet", 0, 450))),
      ElementsAre("finished=0", "diverged=1", "at_chance=1", "parameters=70342",
                  "train_pairs=1000", "test_pairs=1000", "train_error=45",
                  "test_error=45", "stopped_epoch=25", "stopped_step=10",
                  "training_seconds=1.5"));
}

}  // namespace
}  // namespace minidl
