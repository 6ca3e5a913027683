#include "statistics/round_pairing.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "records/run_record_testutil.h"
#include "statistics/statistics_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Round and difference of the second architecture minus the first.
std::vector<std::pair<int, double>> Differences(
    const std::vector<proto::RunRecord>& records) {
  const std::vector<ArchitectureGroup> groups = GroupsOf(records);
  std::vector<std::pair<int, double>> differences;
  for (const proto::RoundDifference& difference :
       RoundPairing(groups).Differences({{1, 1}, {0, -1}})) {
    differences.emplace_back(difference.id().round(), difference.difference());
  }
  return differences;
}

TEST(RoundPairingTest, RoundsThatBothHaveFinished) {
  EXPECT_THAT(
      Differences({FinishedRecord("a", 2, 160), FinishedRecord("a", 0, 150),
                   DivergedRecord("a", 1), FinishedRecord("a", 3, 10),
                   FinishedRecord("a", 4, 10), FinishedRecord("b", 0, 153),
                   FinishedRecord("b", 1, 1), FinishedRecord("b", 2, 140),
                   InterruptedRecord("b", 3)}),
      ElementsAre(Pair(0, 0.3), Pair(2, -2)));
}

TEST(RoundPairingTest, OtherDataAreAnotherRound) {
  std::vector<proto::RunRecord> records = {
      FinishedRecord("a", 0, 1), FinishedRecord("a", 1, 1),
      FinishedRecord("b", 0, 4), FinishedRecord("b", 1, 3)};
  records[2].set_data_hash(1);
  EXPECT_THAT(Differences(records), ElementsAre(Pair(1, 0.2)));
  records[3].mutable_errors()->mutable_test()->set_total(500);
  EXPECT_THAT(Differences(records), IsEmpty());
}

// Training sets of other sizes are other data, of the same round.
TEST(RoundPairingTest, ByTestPairsWhereBothHaveTheirHash) {
  std::vector<proto::RunRecord> records = {FinishedRecord("a", 0, 1),
                                           FinishedRecord("b", 0, 4)};
  records[1].set_train_pairs(250);
  records[1].set_data_hash(1);
  records[1].set_test_data_hash(5);
  EXPECT_THAT(Differences(records), IsEmpty());
  records[0].set_test_data_hash(6);
  EXPECT_THAT(Differences(records), IsEmpty());
  records[0].set_test_data_hash(5);
  EXPECT_THAT(Differences(records), ElementsAre(Pair(0, 0.3)));
  // An older record of the same data.
  records[0].set_data_hash(1);
  records[0].clear_test_data_hash();
  EXPECT_THAT(Differences(records), ElementsAre(Pair(0, 0.3)));
  records[0].set_test_pairs(500);
  EXPECT_THAT(Differences(records), IsEmpty());
}

TEST(RoundPairingTest, OtherSeedsAreOtherRounds) {
  std::vector<proto::RunRecord> records = {FinishedRecord("a", 0),
                                           FinishedRecord("b", 0)};
  records[1].set_study_seed(1);
  EXPECT_THAT(Differences(records), IsEmpty());
}

TEST(RoundPairingTest, RecordsWithoutTestErrorsAreNotPaired) {
  std::vector<proto::RunRecord> records = {FinishedRecord("a", 0),
                                           FinishedRecord("b", 0)};
  for (proto::RunRecord& record : records) {
    record.mutable_errors()->clear_test();
  }
  EXPECT_THAT(Differences(records), IsEmpty());
}

// Two studies of one seed draw the same data.
TEST(RoundPairingTest, StudiesMatterWhereOneArchitectureIsInSeveral) {
  std::vector<proto::RunRecord> records = {FinishedRecord("a", 0, 10),
                                           FinishedRecord("b", 0, 20)};
  records[1].set_study_name("other");
  EXPECT_THAT(Differences(records), ElementsAre(Pair(0, 1)));
  records.push_back(FinishedRecord("a", 0, 40));
  records[2].set_study_name("other");
  EXPECT_THAT(Differences(records), ElementsAre(Pair(0, -2)));
}

TEST(RoundPairingTest, ContrastsOfIntegersAreExact) {
  const std::vector<proto::RunRecord> records = {FinishedRecord("a", 0, 1),
                                                 FinishedRecord("b", 0, 3),
                                                 FinishedRecord("c", 0, 2)};
  const std::vector<ArchitectureGroup> groups = GroupsOf(records);
  const RoundPairing pairing(groups);
  // 0.1 + 0.3 - 2 * 0.2 is not 0 in floating point.
  const std::vector<proto::RoundDifference> zero =
      pairing.Differences({{0, 1}, {1, 1}, {2, -2}});
  ASSERT_EQ(zero.size(), 1u);
  EXPECT_EQ(zero[0].difference(), 0);
  EXPECT_EQ(zero[0].id().study(), "test_study");
  EXPECT_EQ(pairing.Differences({{1, 1}, {2, 1}}, 2)[0].difference(), 0.25);
}

}  // namespace
}  // namespace minidl
