#include "experiments/run_round.h"

#include <atomic>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "experiments/round.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "proto/study.pb.h"
#include "records/run_records.h"
#include "tensor/kernels/targets_testutil.h"

namespace minidl {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class RunRoundTest : public testing::Test {
 protected:
  RunRoundTest() : configuration_(SmallStudy().configurations[1]) {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    directory_ = absl::StrCat(testing::TempDir(), "/", info->name());
    std::filesystem::create_directory(directory_);
    options_.configuration_file = directory_ + "/configuration.textproto";
    options_.round = 2;
    options_.output = directory_ + "/round.tfrecord";
    WriteConfiguration();
  }

  ~RunRoundTest() override { kernels::ChooseTargets(0); }

  void WriteConfiguration() {
    std::string text;
    ASSERT_TRUE(
        google::protobuf::TextFormat::PrintToString(configuration_, &text));
    ASSERT_THAT(WriteFile(options_.configuration_file, text), IsOk());
  }

  void ExpectNoFile() {
    EXPECT_FALSE(std::filesystem::exists(options_.output));
  }

  proto::Configuration configuration_;
  std::string directory_;
  RunRoundOptions options_;
  std::atomic<bool> cancelled_ = false;
};

TEST_F(RunRoundTest, WritesTheReproducibleRecord) {
  ASSERT_THAT(WriteRound(options_, cancelled_), IsOk());
  const auto records = ReadRunRecords({options_.output});
  ASSERT_THAT(records, IsOk());
  ASSERT_EQ(records->size(), 1u);
  const auto expected = RunRound(SharedMnist(), configuration_, 2, cancelled_);
  ASSERT_THAT(expected, IsOk());
  EXPECT_EQ(SerializeRunRecord(records->front()),
            SerializeRunRecord(ReproducibleForm(*expected)));
  EXPECT_FALSE(records->front().has_environment());
}

TEST_F(RunRoundTest, MistakesNameTheFile) {
  options_.round = -1;
  EXPECT_THAT(
      WriteRound(options_, cancelled_),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--round is -1")));
  options_.round = 0;
  configuration_.mutable_training()->set_epochs(0);
  WriteConfiguration();
  // Where `training` is, which lacks the field.
  EXPECT_THAT(WriteRound(options_, cancelled_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ContainsRegex("/configuration.textproto:[0-9]+:1: "
                                     "training.epochs is 0")));
  configuration_ = SmallStudy().configurations[1];
  configuration_.mutable_architecture()->set_name("Bad name");
  WriteConfiguration();
  EXPECT_THAT(WriteRound(options_, cancelled_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ContainsRegex("/configuration.textproto:[0-9]+:3: "
                                     "architecture.name is \"Bad name\"")));
  configuration_ = SmallStudy().configurations[1];
  configuration_.clear_data_set();
  WriteConfiguration();
  EXPECT_THAT(WriteRound(options_, cancelled_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("data_set is \"\"; expected a name")));
  ExpectNoFile();
}

TEST_F(RunRoundTest, ExistingFileIsKept) {
  ASSERT_THAT(WriteFile(options_.output, "precious"), IsOk());
  EXPECT_THAT(
      WriteRound(options_, cancelled_),
      StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("round.tfrecord")));
  EXPECT_THAT(ReadFile(options_.output), IsOkAndHolds("precious"));
}

TEST_F(RunRoundTest, InterruptedRoundLeavesNoFile) {
  cancelled_ = true;
  EXPECT_THAT(WriteRound(options_, cancelled_),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("interrupted")));
  ExpectNoFile();
}

TEST_F(RunRoundTest, RefusesProcessorsWhoseBitsDiffer) {
  kernels::ChooseTargets(HWY_SSE4);
  EXPECT_THAT(WriteRound(options_, cancelled_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("fused multiply-adds")));
  ExpectNoFile();
}

}  // namespace
}  // namespace minidl
