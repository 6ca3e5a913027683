#include "records/record_difference.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"
#include "records/run_records.h"

namespace minidl {
namespace {

proto::RunRecord Example() {
  proto::RunRecord record = FinishedRecord("convnet", 0, 165);
  for (const double loss : {0.75, 0.5, 0.25}) {
    record.add_epochs()->set_loss(loss);
  }
  proto::Mistake& mistake = *record.add_mistakes();
  mistake.set_pair(3);
  mistake.set_pixels("pixels");
  record.set_trained_hash(17);
  return record;
}

TEST(RecordDifferenceTest, NoneOfTheSameRound) {
  proto::RunRecord rerun = Example();
  EXPECT_EQ(FirstDifference(Example(), rerun), "");
  rerun.mutable_environment()->set_training_seconds(7);
  EXPECT_EQ(FirstDifference(Example(), rerun), "");
}

TEST(RecordDifferenceTest, FieldsWithBothValues) {
  proto::RunRecord other = Example();
  other.set_trained_hash(18);
  EXPECT_EQ(FirstDifference(Example(), other), "trained_hash: 17 -> 18");
  EXPECT_EQ(FirstDifference(other, Example()), "trained_hash: 18 -> 17");
  other.mutable_mistakes(0)->set_pixels("others");
  EXPECT_EQ(FirstDifference(Example(), other),
            "mistakes[0].pixels: (bytes) -> (bytes)");
  other.mutable_mistakes(0)->set_pair(4);
  EXPECT_EQ(FirstDifference(Example(), other), "mistakes[0].pair: 3 -> 4");
  other.mutable_errors()->mutable_test()->set_wrong(170);
  EXPECT_EQ(FirstDifference(Example(), other), "errors.test.wrong: 165 -> 170");
  other.mutable_epochs(2)->set_loss(0.125);
  EXPECT_EQ(FirstDifference(Example(), other),
            "loss of epoch 3: 0.25 -> 0.125");
  other.set_data_hash(1);
  EXPECT_EQ(FirstDifference(Example(), other),
            "data_hash: 78187493520 -> 1");  // 0x1234567890
  other.mutable_architecture()->set_name("mlp");
  EXPECT_EQ(FirstDifference(Example(), other),
            "architecture.name: \"convnet\" -> \"mlp\"");
}

// The shortest numbers that read back as the values.
TEST(RecordDifferenceTest, TheLastBit) {
  proto::RunRecord other = Example();
  other.mutable_epochs(0)->set_loss(std::nextafter(0.75, 1));
  EXPECT_EQ(FirstDifference(Example(), other),
            "loss of epoch 1: 0.75 -> 0.75000000000000011");
  other = Example();
  other.mutable_epochs(0)->set_comparison_loss(-0.0);
  EXPECT_EQ(FirstDifference(Example(), other),
            "comparison_loss of epoch 1: 0 -> -0");
}

TEST(RecordDifferenceTest, WhatOneOfThemLacks) {
  proto::RunRecord other = Example();
  other.mutable_epochs()->RemoveLast();
  EXPECT_EQ(FirstDifference(Example(), other),
            "epoch 3: (present) -> (absent)");
  EXPECT_EQ(FirstDifference(other, Example()),
            "epoch 3: (absent) -> (present)");
  other = Example();
  other.clear_errors();
  EXPECT_EQ(FirstDifference(Example(), other), "errors: (present) -> (absent)");
}

TEST(RecordDifferenceTest, NaNEqualsItself) {
  proto::RunRecord diverged = DivergedRecord("convnet", 0);
  diverged.set_stopped_loss(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(FirstDifference(diverged, diverged), "");
  proto::RunRecord other = diverged;
  other.set_stopped_loss(-std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(FirstDifference(diverged, other),
            "the sign of a zero, or the bits of a NaN");
  other.set_stopped_loss(std::numeric_limits<double>::infinity());
  EXPECT_EQ(FirstDifference(diverged, other), "stopped_loss: nan -> inf");
}

TEST(RecordDifferenceTest, OlderRecordsOfTheSameRound) {
  proto::RunRecord newer = DivergedRecord("convnet", 0);
  newer.set_data_set("mnist");
  newer.set_test_data_hash(5);
  newer.set_divergence(proto::RunRecord::NON_FINITE);
  const proto::RunRecord older = DivergedRecord("convnet", 0);
  EXPECT_EQ(FirstDifference(older, newer), "");
  EXPECT_EQ(FirstDifference(newer, older), "");
  EXPECT_EQ(SerializeRunRecord(ComparableForm(newer)),
            SerializeRunRecord(ReproducibleForm(older)));
  proto::RunRecord other = newer;
  other.set_test_data_hash(6);
  EXPECT_EQ(FirstDifference(newer, other), "test_data_hash: 5 -> 6");
  other.set_divergence(proto::RunRecord::AT_CHANCE);
  other.set_data_set("fashion_mnist");
  EXPECT_EQ(FirstDifference(newer, other),
            "data_set: \"\" -> \"fashion_mnist\"");
}

}  // namespace
}  // namespace minidl
