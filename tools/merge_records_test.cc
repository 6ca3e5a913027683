#include "tools/merge_records.h"

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"
#include "records/run_records.h"
#include "tools/console_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class MergeRecordsTest : public testing::Test {
 protected:
  absl::Status Merge(const std::vector<std::string>& files) {
    return MergeRecords(files, without_, output_, cancelled_, fake_.console);
  }

  const std::string first_ = WriteTestFile(
      "a", {FinishedRecord("convnet", 0), FinishedRecord("convnet", 1)});
  const std::string second_ = WriteTestFile(
      "b", {FinishedRecord("convnet", 1), FinishedRecord("convnet", 2)});
  std::vector<std::string> without_;
  const std::string output_ =
      (std::filesystem::path(first_).parent_path() / "out").string();
  std::atomic<bool> cancelled_ = false;
  FakeConsole fake_;
};

TEST_F(MergeRecordsTest, EachRunOnce) {
  ASSERT_THAT(Merge({first_, second_}), IsOk());
  const auto merged = ReadRunRecords({output_});
  ASSERT_THAT(merged, IsOk());
  std::vector<int> rounds;
  for (const proto::RunRecord& record : *merged) {
    rounds.push_back(record.round());
  }
  EXPECT_THAT(rounds, ElementsAre(0, 1, 2));
  EXPECT_THAT(fake_.notes,
              ElementsAre(absl::StrCat(output_,
                                       ": 3 records; 1 repeated ones left "
                                       "out")));
}

TEST_F(MergeRecordsTest, OneFileIsCopiedByteByByte) {
  ASSERT_THAT(Merge({first_}), IsOk());
  EXPECT_EQ(*ReadFile(output_), *ReadFile(first_));
}

TEST_F(MergeRecordsTest, Without) {
  proto::RunRecord record = FinishedRecord("mlp", 0);
  record.add_epochs()->set_loss(0.5);
  record.add_mistakes()->set_pair(3);
  const std::string input = WriteTestFile("c", {record});
  without_ = {"mistakes", "environment"};
  ASSERT_THAT(Merge({input}), IsOk());
  record.clear_mistakes();
  record.clear_environment();
  const auto merged = ReadRunRecords({output_});
  ASSERT_THAT(merged, IsOk());
  EXPECT_EQ(SerializeRunRecord(merged->at(0)), SerializeRunRecord(record));
  std::filesystem::remove(output_);
  without_ = {"epochs", "errors"};
  EXPECT_THAT(Merge({input}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--without names 'errors'; expected environment, epochs "
                       "or mistakes"));
  EXPECT_FALSE(std::filesystem::exists(output_));
}

TEST_F(MergeRecordsTest, NoErrorLeavesAnOutput) {
  const std::string other =
      WriteTestFile("c", {FinishedRecord("convnet", 0, 999)});
  EXPECT_THAT(
      Merge({first_, other}),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(other)));
  EXPECT_FALSE(std::filesystem::exists(output_));
}

// At the next record, and at the end, which the interruption of whatever writes
// the input may have made.
TEST_F(MergeRecordsTest, InterruptionLeavesNoOutput) {
  cancelled_ = true;
  ASSERT_THAT(WriteFile(second_, *ReadFile(first_) + "this is no record"),
              IsOk());
  for (const std::string& input : {second_, WriteTestFile("c", {})}) {
    EXPECT_THAT(Merge({input}), StatusIs(absl::StatusCode::kCancelled,
                                         HasSubstr("has not been written")));
    EXPECT_FALSE(std::filesystem::exists(output_));
  }
}

TEST_F(MergeRecordsTest, NothingIsOverwritten) {
  ASSERT_THAT(WriteFile(output_, "results"), IsOk());
  EXPECT_THAT(Merge({first_}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(output_)));
  EXPECT_THAT(ReadFile(output_), IsOkAndHolds("results"));
}

TEST_F(MergeRecordsTest, Mistakes) {
  EXPECT_THAT(Merge({}), StatusIs(absl::StatusCode::kInvalidArgument,
                                  HasSubstr("no record file")));
  EXPECT_THAT(
      MergeRecords({first_}, {}, "", cancelled_, fake_.console),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no --output")));
}

}  // namespace
}  // namespace minidl
