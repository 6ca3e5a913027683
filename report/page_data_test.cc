#include "report/page_data.h"

#include <limits>
#include <vector>

#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "records/run_record_testutil.h"
#include "report/page_data.pb.h"
#include "statistics/study_statistics.h"

namespace minidl {
namespace {

using proto::LearningCurve;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::SizeIs;

proto::PageData DataOf(const std::vector<proto::RunRecord>& records) {
  const auto statistics = ComputeStudyStatistics(records);
  EXPECT_THAT(statistics, IsOk());
  return MakePageData(records, *statistics);
}

void AddEpoch(double comparison_loss, int wrong, proto::RunRecord* record) {
  proto::Epoch& epoch = *record->add_epochs();
  epoch.set_comparison_loss(comparison_loss);
  if (wrong < 0) return;
  epoch.mutable_test()->set_wrong(wrong);
  epoch.mutable_test()->set_total(1000);
}

void AddMistake(int pair, float probability, proto::RunRecord* record) {
  proto::Mistake& mistake = *record->add_mistakes();
  mistake.set_pair(pair);
  mistake.set_probability(probability);
}

std::vector<int> Pairs(const proto::ArchitectureDetails& details) {
  std::vector<int> pairs;
  for (const proto::RoundMistake& mistake : details.mistakes()) {
    pairs.push_back(mistake.pair());
  }
  return pairs;
}

TEST(PageDataTest, NothingOfNoRecords) {
  const proto::PageData data = DataOf({});
  EXPECT_THAT(data.architectures(), SizeIs(0));
  EXPECT_FALSE(data.has_run());
}

TEST(PageDataTest, DetailsFollowTheResults) {
  proto::RunRecord finished = FinishedRecord("b", 1, /*test_wrong=*/42);
  AddEpoch(0.5, -1, &finished);
  finished.mutable_environment()->set_start_time_ms(1'764'078'307'123);
  finished.mutable_environment()->set_host("host");
  finished.mutable_environment()->set_cpu("cpu");
  // In another order than the results'.
  const proto::PageData data =
      DataOf({finished, DivergedRecord("b", 0), FinishedRecord("a", 0)});
  ASSERT_THAT(data.architectures(), SizeIs(2));
  EXPECT_EQ(data.statistics().architectures(1).name(), "b");
  const auto& rounds = data.architectures(1).rounds();
  ASSERT_THAT(rounds, SizeIs(2));
  EXPECT_EQ(rounds[0].test_total(), 0);
  EXPECT_EQ(rounds[0].start_time(), "");
  EXPECT_EQ(rounds[1].test_wrong(), 42);
  EXPECT_EQ(rounds[1].test_total(), 1000);
  EXPECT_EQ(rounds[1].epochs(), 1);
  // `date --utc --date=@1764078307`
  EXPECT_EQ(rounds[1].start_time(), "2025-11-25 13:45:07 UTC");
  EXPECT_EQ(rounds[1].host(), "host");
  EXPECT_EQ(rounds[1].cpu(), "cpu");
}

TEST(PageDataTest, AFinishedRoundTakesTheInterruptedOnesPlace) {
  proto::RunRecord interrupted = DivergedRecord("a", 0);
  interrupted.set_status(proto::RunRecord::INTERRUPTED);
  for (const auto& records :
       {std::vector{interrupted, FinishedRecord("a", 0, 42)},
        std::vector{FinishedRecord("a", 0, 42), interrupted}}) {
    const proto::PageData data = DataOf(records);
    ASSERT_THAT(data.architectures(), SizeIs(1));
    ASSERT_THAT(data.architectures(0).rounds(), SizeIs(1));
    EXPECT_EQ(data.architectures(0).rounds(0).test_wrong(), 42);
  }
}

TEST(PageDataTest, CurvesAreOverTheRoundsUsed) {
  proto::RunRecord first = FinishedRecord("a", 0);
  AddEpoch(0.5, 300, &first);
  AddEpoch(0.25, 100, &first);
  proto::RunRecord second = FinishedRecord("a", 1);
  AddEpoch(1.5, 500, &second);
  AddEpoch(0.75, -1, &second);  // Without test errors.
  proto::RunRecord diverged = DivergedRecord("a", 2);
  AddEpoch(100, 999, &diverged);
  const proto::PageData data = DataOf({first, second, diverged});
  const auto& curves = data.architectures(0).curves();
  ASSERT_THAT(curves, SizeIs(2));

  EXPECT_EQ(curves[0].metric(), LearningCurve::TEST_ERROR);
  ASSERT_THAT(curves[0].points(), SizeIs(2));
  EXPECT_EQ(curves[0].points(0).epoch(), 1);
  EXPECT_EQ(curves[0].points(0).n(), 2);
  EXPECT_THAT(curves[0].points(0).mean(), DoubleEq(40));
  // sqrt((10^2 + 10^2) / (2 - 1))
  EXPECT_NEAR(curves[0].points(0).deviation(), 14.142135623730951, 1e-12);
  EXPECT_EQ(curves[0].points(1).n(), 1);
  EXPECT_THAT(curves[0].points(1).mean(), DoubleEq(10));
  EXPECT_FALSE(curves[0].points(1).has_deviation());

  EXPECT_EQ(curves[1].metric(), LearningCurve::COMPARISON_LOSS);
  ASSERT_THAT(curves[1].points(), SizeIs(2));
  EXPECT_THAT(curves[1].points(1).mean(), DoubleEq(0.5));
}

TEST(PageDataTest, CurvesHaveNoPointsThatAreNotNumbers) {
  proto::RunRecord record = FinishedRecord("a", 0);
  AddEpoch(std::numeric_limits<double>::quiet_NaN(), -1, &record);
  AddEpoch(0.5, -1, &record);
  const proto::PageData data = DataOf({record});
  ASSERT_THAT(data.architectures(0).curves(), SizeIs(1));
  const LearningCurve& curve = data.architectures(0).curves(0);
  ASSERT_THAT(curve.points(), SizeIs(1));
  EXPECT_EQ(curve.points(0).epoch(), 2);
}

TEST(PageDataTest, TheSurestMistakesAreShown) {
  proto::RunRecord first = FinishedRecord("a", 0);
  AddMistake(1, 0.75f, &first);
  AddMistake(2, 0.5f, &first);
  proto::RunRecord second = FinishedRecord("a", 1);
  AddMistake(3, 1.0f, &second);
  proto::PageData data = DataOf({first, second});
  EXPECT_THAT(Pairs(data.architectures(0)), ElementsAre(3, 1, 2));
  EXPECT_EQ(data.architectures(0).mistakes(0).id().round(), 1);
  EXPECT_EQ(data.architectures(0).recorded_mistakes(), 3);

  for (int i = 0; i < kMaxShownMistakes; ++i) AddMistake(7, 0.9f, &first);
  data = DataOf({first, second});
  EXPECT_THAT(data.architectures(0).mistakes(), SizeIs(kMaxShownMistakes));
  EXPECT_EQ(data.architectures(0).mistakes(0).pair(), 3);
  EXPECT_EQ(data.architectures(0).recorded_mistakes(), kMaxShownMistakes + 3);
}

}  // namespace
}  // namespace minidl
