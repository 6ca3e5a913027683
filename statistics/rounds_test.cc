#include "statistics/rounds.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "records/run_record_testutil.h"

namespace minidl {
namespace {

proto::RoundId Id(const std::string& study, uint64_t seed, int round) {
  proto::RoundId id;
  id.set_study(study);
  id.set_seed(seed);
  id.set_round(round);
  return id;
}

TEST(RoundsTest, IdOfARecord) {
  proto::RunRecord record = FinishedRecord("convnet", 3);
  record.set_study_seed(7);
  EXPECT_EQ(IdOf(record).study(), "test_study");
  EXPECT_EQ(IdOf(record).seed(), 7u);
  EXPECT_EQ(IdOf(record).round(), 3);
}

TEST(RoundsTest, Order) {
  EXPECT_TRUE(IsBefore(Id("a", 2, 2), Id("b", 1, 1)));
  EXPECT_TRUE(IsBefore(Id("a", 1, 2), Id("a", 2, 1)));
  EXPECT_TRUE(IsBefore(Id("a", 1, 1), Id("a", 1, 2)));
  EXPECT_FALSE(IsBefore(Id("a", 1, 1), Id("a", 1, 1)));
}

TEST(RoundsTest, Description) {
  EXPECT_EQ(DescribeRounds({}), "");
  EXPECT_EQ(DescribeRounds({Id("a", 1, 3)}), "round 3 (seed 1)");
  EXPECT_EQ(DescribeRounds({Id("a", 1, 4), Id("a", 1, 3)}),
            "rounds 3, 4 (seed 1)");
  EXPECT_EQ(DescribeRounds({Id("a", 1, 7), Id("a", 1, 2), Id("a", 1, 0),
                            Id("a", 1, 1), Id("a", 1, 7)}),
            "rounds 0-2, 7 (seed 1)");
  EXPECT_EQ(DescribeRounds({Id("a", 2, 0), Id("a", 1, 0), Id("a", 2, 1)}),
            "round 0 (seed 1) and rounds 0, 1 (seed 2)");
  EXPECT_EQ(DescribeRounds({Id("b", 1, 0), Id("a", 1, 0)}),
            "round 0 (study a, seed 1) and round 0 (study b, seed 1)");
}

}  // namespace
}  // namespace minidl
