#include "tools/list_records.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"
#include "tools/console_testutil.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;

TEST(ListRecordsTest, OneLineARecord) {
  FakeConsole fake;
  proto::RunRecord digits = FinishedRecord("shared_auxiliary", 10, 98);
  digits.set_study_seed(7);
  digits.set_data_set("fashion_mnist");
  digits.clear_environment();
  digits.mutable_errors()->mutable_test_digits()->set_wrong(90);
  digits.mutable_errors()->mutable_test_digits()->set_total(2000);
  const std::string a = WriteTestFile("a", {FinishedRecord("convnet", 3)});
  const std::string b = WriteTestFile(
      "b", {DivergedRecord("mlp", 0), AtChanceRecord("mlp", 1), digits});
  ASSERT_THAT(ListRecords({a, b}, fake.console), IsOk());
  EXPECT_EQ(
      fake.output,
      absl::StrCat(
          "record  architecture      round  "
          "status                                   test %  train %  digit %  "
          "time s  study       seed  data set       file\n",
          "     0  convnet               3  "
          "finished                                  16.50     0.20      n/a  "
          "  1.50  test_study     0  mnist          ",
          a, "\n",
          "     0  mlp                   0  "
          "diverged in epoch 3, step 7: not finite     n/a      n/a      n/a  "
          "  1.50  test_study     0  mnist          ",
          b, "\n",
          "     1  mlp                   1  "
          "diverged: stuck at chance                 45.00    45.00      n/a  "
          "  1.50  test_study     0  mnist          ",
          b, "\n",
          "     2  shared_auxiliary     10  "
          "finished                                   9.80     0.20     4.50  "
          "   n/a  test_study     7  fashion_mnist  ",
          b, "\n"));
}

TEST(ListRecordsTest, UnknownStatus) {
  FakeConsole fake;
  proto::RunRecord record = FinishedRecord("convnet", 0);
  record.set_status(static_cast<proto::RunRecord::Status>(7));
  ASSERT_THAT(ListRecords({WriteTestFile("a", {record})}, fake.console),
              IsOk());
  EXPECT_THAT(fake.output, HasSubstr("  unknown (7)  "));
}

TEST(ListRecordsTest, InterruptedRounds) {
  FakeConsole fake;
  ASSERT_THAT(
      ListRecords({WriteTestFile("a", {InterruptedRecord("convnet", 0)})},
                  fake.console),
      IsOk());
  EXPECT_THAT(fake.output, HasSubstr("  interrupted in epoch 2, step 5  "));
}

// Batch after batch, under one header.
TEST(ListRecordsTest, ManyRecords) {
  FakeConsole fake;
  std::vector<proto::RunRecord> records;
  for (int i = 0; i < 2500; ++i) records.push_back(FinishedRecord("mlp", i));
  ASSERT_THAT(ListRecords({WriteTestFile("a", records)}, fake.console), IsOk());
  const std::vector<std::string> lines = absl::StrSplit(fake.output, '\n');
  ASSERT_EQ(lines.size(), 2502u);
  for (int i = 0; i < 2500; ++i) {
    EXPECT_THAT(lines[i + 1],
                testing::ContainsRegex(absl::StrCat("^ *", i, "  mlp ")));
  }
  EXPECT_EQ(lines.back(), "");
}

TEST(ListRecordsTest, RecordsBeforeAnErrorAreListed) {
  FakeConsole fake;
  proto::RunRecord future = FinishedRecord("mlp", 1);
  future.set_schema_version(2);
  EXPECT_THAT(
      ListRecords({WriteTestFile("a", {FinishedRecord("convnet", 0), future})},
                  fake.console),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("record 1")));
  EXPECT_THAT(fake.output, HasSubstr("convnet"));
}

TEST(ListRecordsTest, NoFilesAreAMistake) {
  FakeConsole fake;
  EXPECT_THAT(ListRecords({}, fake.console),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no record file")));
  EXPECT_EQ(fake.output, "");
}

}  // namespace
}  // namespace minidl
