#include "records/run_status.h"

#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"

namespace minidl {
namespace {

TEST(RunStatusTest, EveryStatus) {
  proto::RunRecord record = FinishedRecord("convnet", 0);
  EXPECT_EQ(DescribeStatus(record), "finished");
  EXPECT_EQ(DescribeStatus(InterruptedRecord("convnet", 0)),
            "interrupted in epoch 2, step 5");
  record.set_status(static_cast<proto::RunRecord::Status>(7));
  EXPECT_EQ(DescribeStatus(record), "unknown (7)");
}

TEST(RunStatusTest, DivergedRounds) {
  // Also where the record is older than the field.
  proto::RunRecord record = DivergedRecord("convnet", 0);
  for (const auto divergence : {proto::RunRecord::DIVERGENCE_UNSPECIFIED,
                                proto::RunRecord::NON_FINITE}) {
    record.set_divergence(divergence);
    EXPECT_EQ(DescribeStatus(record),
              "diverged in epoch 3, step 7: not finite");
    EXPECT_FALSE(IsAtChance(record));
  }
  record = AtChanceRecord("convnet", 0);
  EXPECT_EQ(DescribeStatus(record), "diverged: stuck at chance");
  EXPECT_TRUE(IsAtChance(record));
  record.set_status(proto::RunRecord::FINISHED);
  EXPECT_FALSE(IsAtChance(record));
}

}  // namespace
}  // namespace minidl
