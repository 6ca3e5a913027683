#include "experiments/run_round.h"

#include <atomic>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "data/mnist.h"
#include "experiments/round.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "records/run_records.h"
#include "tensor/kernels/targets_testutil.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;

class RunRoundTest : public testing::Test {
 protected:
  RunRoundTest() : study_(SmallStudy()) {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    directory_ = absl::StrCat(testing::TempDir(), "/", info->name());
    std::filesystem::create_directory(directory_);
    options_.study_file = directory_ + "/study.textproto";
    options_.architecture_file = directory_ + "/architecture.textproto";
    const auto mnist_directory = MnistDirectory("");
    EXPECT_THAT(mnist_directory, IsOk());
    options_.mnist_directory = *mnist_directory;
    options_.round = 2;
    options_.output = directory_ + "/round.tfrecord";
    study_.message.clear_rounds();
    WriteStudy();
    WriteText(options_.architecture_file, study_.architectures[1]);
  }

  ~RunRoundTest() override { kernels::ChooseTargets(0); }

  void WriteStudy() { WriteText(options_.study_file, study_.message); }

  static void WriteText(const std::string& path,
                        const google::protobuf::Message& message) {
    std::string text;
    ASSERT_TRUE(google::protobuf::TextFormat::PrintToString(message, &text));
    ASSERT_THAT(WriteFile(path, text), IsOk());
  }

  void ExpectNoFile() {
    EXPECT_FALSE(std::filesystem::exists(options_.output));
  }

  Study study_;
  std::string directory_;
  RunRoundOptions options_;
  std::atomic<bool> cancelled_ = false;
};

TEST_F(RunRoundTest, WritesTheReproducibleRecord) {
  ASSERT_THAT(WriteRound(options_, cancelled_), IsOk());
  const auto records = ReadRunRecords({options_.output});
  ASSERT_THAT(records, IsOk());
  ASSERT_EQ(records->size(), 1u);
  const auto expected = RunRound(SharedMnist(), study_.message,
                                 study_.architectures[1], 2, cancelled_);
  ASSERT_THAT(expected, IsOk());
  EXPECT_EQ(SerializeRunRecord(records->front()),
            SerializeRunRecord(ReproducibleForm(*expected)));
  EXPECT_FALSE(records->front().has_environment());
}

TEST_F(RunRoundTest, BytesDependOnNeitherOtherRoundsNorOtherArchitectures) {
  ASSERT_THAT(WriteRound(options_, cancelled_), IsOk());
  const auto alone = ReadFile(options_.output);
  study_.message.set_rounds(100);
  study_.message.set_description("words");
  study_.message.add_architecture_files("nowhere.textproto");
  WriteStudy();
  options_.output += "2";
  ASSERT_THAT(WriteRound(options_, cancelled_), IsOk());
  EXPECT_EQ(ReadFile(options_.output).value(), alone.value());
}

TEST_F(RunRoundTest, MistakesNameTheFile) {
  options_.round = -1;
  EXPECT_THAT(
      WriteRound(options_, cancelled_),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--round is -1")));
  options_.round = 0;
  study_.message.mutable_training()->set_epochs(0);
  WriteStudy();
  EXPECT_THAT(WriteRound(options_, cancelled_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("training.epochs is 0")));
  study_ = SmallStudy();
  WriteStudy();
  study_.architectures[1].set_name("Bad name");
  WriteText(options_.architecture_file, study_.architectures[1]);
  EXPECT_THAT(WriteRound(options_, cancelled_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("architecture.textproto")));
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
