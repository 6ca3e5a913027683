#include "tools/repair_records.h"

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
#include "tools/console_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RepairRecordsTest : public testing::Test {
 protected:
  static std::string Contents(const std::string& name,
                              const proto::RunRecord& record) {
    return *ReadFile(WriteTestFile(name, {record}));
  }

  absl::Status Repair(const std::string& contents) {
    EXPECT_THAT(WriteFile(input_, contents), IsOk());
    return RepairRecords({input_}, output_, cancelled_, fake_.console);
  }

  const std::string input_ = WriteTestFile("in", {});
  const std::string output_ =
      (std::filesystem::path(input_).parent_path() / "out").string();
  const std::string first_ = Contents("a", FinishedRecord("convnet", 0));
  const std::string second_ = Contents("b", DivergedRecord("convnet", 1));
  std::atomic<bool> cancelled_ = false;
  FakeConsole fake_;
};

TEST_F(RepairRecordsTest, KeepsEveryGoodRecord) {
  std::string corrupt = second_;
  corrupt[40] = static_cast<char>(corrupt[40] ^ 4);
  ASSERT_THAT(Repair(absl::StrCat(first_, corrupt, second_, "text", first_,
                                  first_.substr(0, 50))),
              IsOk());
  EXPECT_EQ(*ReadFile(output_), absl::StrCat(first_, second_, first_));
  EXPECT_THAT(
      fake_.warnings,
      ElementsAre(
          HasSubstr(absl::StrCat("record 1 at byte ", first_.size(),
                                 " is corrupt: the checksum of its ")),
          HasSubstr("4 bytes are lost, the next good record is at byte"),
          HasSubstr("50 bytes are lost, no good record follows")));
  EXPECT_THAT(
      fake_.notes,
      ElementsAre(HasSubstr(absl::StrCat(output_, ": 3 good records; ",
                                         corrupt.size() + 54, " of "))));
  // The damaged file stays as it is.
  EXPECT_EQ(ReadFile(input_)->size(),
            2 * first_.size() + 2 * second_.size() + 54);
}

TEST_F(RepairRecordsTest, GoodFilesAreCopied) {
  ASSERT_THAT(Repair(first_ + second_), IsOk());
  EXPECT_EQ(*ReadFile(output_), first_ + second_);
  EXPECT_THAT(fake_.warnings, IsEmpty());
}

// At the next record, behind which there is a gap, and at the end.
TEST_F(RepairRecordsTest, InterruptionLeavesNoOutput) {
  cancelled_ = true;
  for (const std::string& contents : {first_ + "text", std::string()}) {
    EXPECT_THAT(Repair(contents), StatusIs(absl::StatusCode::kCancelled,
                                           HasSubstr("has not been written")));
    EXPECT_THAT(fake_.warnings, IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(output_));
  }
}

TEST_F(RepairRecordsTest, NothingIsOverwritten) {
  ASSERT_THAT(WriteFile(output_, "results"), IsOk());
  EXPECT_THAT(Repair(first_),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(output_)));
  EXPECT_THAT(ReadFile(output_), IsOkAndHolds("results"));
}

TEST_F(RepairRecordsTest, Mistakes) {
  EXPECT_THAT(
      RepairRecords({input_, input_}, output_, cancelled_, fake_.console),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("one at a time")));
  EXPECT_THAT(
      RepairRecords({input_}, "", cancelled_, fake_.console),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no --output")));
}

}  // namespace
}  // namespace minidl
