#include "statistics/architecture_lints.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "records/run_record_testutil.h"
#include "statistics/rounds.h"
#include "statistics/statistics_testutil.h"
#include "statistics/study_statistics.h"

namespace minidl {
namespace {

using proto::Lint;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The lints of records of one architecture.
std::vector<Lint> Lints(const std::vector<proto::RunRecord>& records) {
  const absl::StatusOr<proto::StudyStatistics> statistics =
      ComputeStudyStatistics(records);
  EXPECT_THAT(statistics, IsOk());
  return ArchitectureLints(GroupsOf(records)[0], statistics->architectures(0));
}

std::string RoundsOf(const Lint& lint) {
  return DescribeRounds({lint.rounds().begin(), lint.rounds().end()});
}

std::vector<proto::RunRecord> RoundsOfErrors(
    const std::vector<int64_t>& wrong) {
  std::vector<proto::RunRecord> records;
  for (const int64_t own : wrong) {
    records.push_back(
        FinishedRecord("convnet", static_cast<int>(records.size()), own));
  }
  return records;
}

// Deviation 2.0 points; the binomial floor is 1.2.
std::vector<proto::RunRecord> Inconspicuous() {
  return RoundsOfErrors({140, 150, 160, 170, 180, 190});
}

TEST(ArchitectureLintsTest, NothingToNote) {
  EXPECT_THAT(Lints(Inconspicuous()), IsEmpty());
  EXPECT_THAT(Lints(RoundsOfErrors({150})), IsEmpty());
}

TEST(ArchitectureLintsTest, UnusedRounds) {
  std::vector<proto::RunRecord> records = Inconspicuous();
  records[1] = DivergedRecord("convnet", 1);
  records[4] = DivergedRecord("convnet", 4);
  records[5] = InterruptedRecord("convnet", 5);
  const std::vector<Lint> lints = Lints(records);
  ASSERT_THAT(lints, SizeIs(2));
  EXPECT_EQ(lints[0].kind(), Lint::UNUSED_ROUNDS);
  EXPECT_EQ(lints[0].severity(), Lint::WARNING);
  EXPECT_EQ(lints[0].message(),
            "2 of 6 rounds of convnet diverged (not finite) and count in no "
            "figure: rounds "
            "1, 4 (seed 0)");
  EXPECT_EQ(lints[1].message(),
            "1 of 6 rounds of convnet was interrupted and counts in no "
            "figure: round 5 (seed 0)");
  EXPECT_THAT(lints[1].advice(), HasSubstr("--resume"));
}

TEST(ArchitectureLintsTest, RoundsAtChance) {
  std::vector<proto::RunRecord> records = Inconspicuous();
  records[1] = AtChanceRecord("convnet", 1);
  records[4] = DivergedRecord("convnet", 4);
  const std::vector<Lint> lints = Lints(records);
  ASSERT_THAT(lints, SizeIs(2));
  EXPECT_EQ(lints[0].message(),
            "1 of 6 rounds of convnet diverged (not finite) and counts in no "
            "figure: round 4 (seed 0)");
  EXPECT_EQ(lints[1].message(),
            "1 of 6 rounds of convnet diverged (stuck at chance) and counts in "
            "no figure: round 1 (seed 0)");
}

TEST(ArchitectureLintsTest, IncompleteFigure) {
  std::vector<proto::RunRecord> records = Inconspicuous();
  records[2].mutable_errors()->clear_train();
  records[3].mutable_errors()->clear_train();
  // Of no round, so that the figure is not there at all.
  for (proto::RunRecord& record : records) {
    record.mutable_errors()->clear_test_digits();
  }
  const std::vector<Lint> lints = Lints(records);
  ASSERT_THAT(lints, SizeIs(1));
  EXPECT_EQ(lints[0].kind(), Lint::INCOMPLETE_FIGURE);
  EXPECT_EQ(RoundsOf(lints[0]), "rounds 2, 3 (seed 0)");
  EXPECT_EQ(lints[0].message(),
            "convnet has a train error in 4 of 6 finished rounds; it is "
            "missing in rounds 2, 3 (seed 0)");
}

TEST(ArchitectureLintsTest, TimesThatAreNoNumbers) {
  std::vector<proto::RunRecord> records = Inconspicuous();
  records[2].mutable_environment()->set_training_seconds(
      std::numeric_limits<double>::quiet_NaN());
  const std::vector<Lint> lints = Lints(records);
  ASSERT_THAT(lints, SizeIs(1));
  EXPECT_EQ(lints[0].kind(), Lint::NOT_FINITE);
  EXPECT_EQ(lints[0].message(),
            "the training time of round 2 (seed 0) of convnet is not a number; "
            "there is no mean time");
}

TEST(ArchitectureLintsTest, LossesThatAreNoNumbersInAFinishedRound) {
  std::vector<proto::RunRecord> records = Inconspicuous();
  for (int epoch = 0; epoch < 25; ++epoch) {
    records[3].add_epochs()->set_loss(
        epoch == 7 ? std::numeric_limits<double>::infinity() : 0.5);
  }
  const std::vector<Lint> lints = Lints(records);
  ASSERT_THAT(lints, SizeIs(1));
  EXPECT_EQ(lints[0].kind(), Lint::NOT_FINITE);
  EXPECT_THAT(lints[0].message(), HasSubstr("losses of round 3 (seed 0)"));
}

// A record of 25 epochs, the last of which has `last_wrong` wrong.
proto::RunRecord WithLearningCurve(int64_t reported_wrong, int64_t last_wrong) {
  proto::RunRecord record = FinishedRecord("convnet", 0, reported_wrong);
  for (int epoch = 0; epoch < 25; ++epoch) {
    proto::ErrorCount& test = *record.add_epochs()->mutable_test();
    test.set_wrong(epoch == 24 ? last_wrong : 500 - epoch);
    test.set_total(1000);
  }
  return record;
}

TEST(ArchitectureLintsTest, BestEpoch) {
  EXPECT_THAT(Lints({WithLearningCurve(480, 480)}), IsEmpty());
  const std::vector<Lint> lints = Lints({WithLearningCurve(477, 480)});
  ASSERT_THAT(lints, SizeIs(1));
  EXPECT_EQ(lints[0].kind(), Lint::BEST_EPOCH);
  EXPECT_EQ(lints[0].severity(), Lint::WARNING);
  EXPECT_EQ(lints[0].message(),
            "round 0 (seed 0) of convnet reports a test error of 47.70 %, and "
            "48.00 % in its last epoch");
}

TEST(ArchitectureLintsTest, FewerEpochsThanTheTrainingHas) {
  proto::RunRecord record = FinishedRecord("convnet", 0);
  for (int epoch = 0; epoch < 12; ++epoch) record.add_epochs();
  const std::vector<Lint> lints = Lints({record});
  ASSERT_THAT(lints, SizeIs(1));
  EXPECT_EQ(lints[0].kind(), Lint::BEST_EPOCH);
  EXPECT_EQ(lints[0].message(),
            "round 0 (seed 0) of convnet ended after epoch 12 of 25");
}

TEST(ArchitectureLintsTest, SeveralRoundsAreOneWarning) {
  std::vector<proto::RunRecord> records;
  for (int round = 0; round < 4; ++round) {
    records.push_back(FinishedRecord("convnet", round, 150 + 40 * round));
    for (int epoch = 0; epoch < round; ++epoch) records.back().add_epochs();
  }
  const std::vector<Lint> lints = Lints(records);
  ASSERT_THAT(lints, SizeIs(1));
  EXPECT_EQ(lints[0].message(),
            "rounds 1-3 (seed 0) of convnet may report an epoch that is not "
            "the last: the first one ended after epoch 1 of 25");
  EXPECT_EQ(RoundsOf(lints[0]), "rounds 1-3 (seed 0)");
}

// Epochs whose test errors were not looked at say nothing.
TEST(ArchitectureLintsTest, EpochsWithoutTestErrors) {
  proto::RunRecord record = FinishedRecord("convnet", 0);
  for (int epoch = 0; epoch < 25; ++epoch) record.add_epochs();
  EXPECT_THAT(Lints({record}), IsEmpty());
}

// Mean 16 %, of 1,000: the floor is sqrt(0.16 0.84 / 1000) = 1.16 points.
TEST(ArchitectureLintsTest, DeviationBelowTheBinomialFloor) {
  // Deviation 0.76.
  std::vector<Lint> lints = Lints(RoundsOfErrors({150, 160, 170, 158, 162}));
  ASSERT_THAT(lints, SizeIs(1));
  EXPECT_EQ(lints[0].kind(), Lint::BELOW_BINOMIAL_FLOOR);
  EXPECT_EQ(lints[0].severity(), Lint::NOTE);
  // R: pchisq(4 * 0.721110255^2 / 1.159310^2, 4).
  EXPECT_EQ(lints[0].message(),
            "test errors of convnet deviate by 0.72 points, less than the draw "
            "of 1,000 independent test pairs makes them (1.16; chance of as "
            "little: 0.182)");
  // What chance hardly does.
  lints = Lints(RoundsOfErrors({160, 160, 160, 160, 160, 160, 160}));
  ASSERT_THAT(lints, SizeIs(1));
  EXPECT_EQ(lints[0].severity(), Lint::WARNING);
  EXPECT_THAT(lints[0].advice(), HasSubstr("draws its own test pairs"));
}

// There is one floor only for one number of test pairs.
TEST(ArchitectureLintsTest, NoBinomialFloorOfSeveralNumbersOfTestPairs) {
  std::vector<proto::RunRecord> records =
      RoundsOfErrors({160, 160, 160, 160, 160, 160});
  records[5].mutable_errors()->mutable_test()->set_wrong(80);
  records[5].mutable_errors()->mutable_test()->set_total(500);
  EXPECT_THAT(Lints(records), IsEmpty());
}

// Nothing is below a floor of 0.
TEST(ArchitectureLintsTest, NoErrorsAtAll) {
  EXPECT_THAT(Lints(RoundsOfErrors({0, 0, 0, 0, 0, 0})), IsEmpty());
}

TEST(ArchitectureLintsTest, Outlier) {
  const std::vector<Lint> lints =
      Lints(RoundsOfErrors({140, 150, 160, 170, 180, 450}));
  ASSERT_THAT(lints, SizeIs(1));
  EXPECT_EQ(lints[0].kind(), Lint::OUTLIER);
  EXPECT_EQ(RoundsOf(lints[0]), "round 5 (seed 0)");
  // Median 165; the absolute deviations' is 15: 28.5 / (1.5 / 0.6745).
  EXPECT_THAT(lints[0].message(),
              HasSubstr("round 5 (seed 0) of convnet has a test error of 45.00 "
                        "%, far from the median 16.50 % (modified z-score "
                        "12.8)"));
}

// Most rounds are nearly the same, but what is six of their deviations away is
// still what another draw of test pairs may give.
TEST(ArchitectureLintsTest, OutliersAreBeyondTheBinomialFloor) {
  for (const Lint& lint :
       Lints(RoundsOfErrors({160, 160, 161, 161, 162, 162, 170}))) {
    EXPECT_NE(lint.kind(), Lint::OUTLIER);
  }
}

TEST(ArchitectureLintsTest, TooFewRoundsForOutliers) {
  for (const Lint& lint : Lints(RoundsOfErrors({160, 161, 162, 900}))) {
    EXPECT_NE(lint.kind(), Lint::OUTLIER);
  }
}

}  // namespace
}  // namespace minidl
