#include "tools/export_records.h"

#include <atomic>
#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"
#include "records/run_records.h"
#include "tools/console_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Numbers that text forms get wrong: not numbers, and ones that need all
// digits.
proto::RunRecord HardRecord() {
  proto::RunRecord record = DivergedRecord("convnet", 2);
  record.set_data_hash(0xfedcba9876543210);
  record.set_study_seed(18'446'744'073'709'551'615u);
  proto::Epoch& epoch = *record.add_epochs();
  epoch.set_loss(std::numeric_limits<double>::quiet_NaN());
  epoch.set_comparison_loss(-std::numeric_limits<double>::infinity());
  epoch.set_auxiliary_loss(0.1 + 0.2);
  proto::Mistake& mistake = *record.add_mistakes();
  mistake.set_probability(0.7f);
  mistake.set_pixels(std::string("\0\xff", 2));
  return record;
}

class ExportRecordsTest : public testing::Test {
 protected:
  absl::Status Export(const std::vector<std::string>& files,
                      const std::string& format,
                      const std::string& output = "") {
    return ExportRecords(files, format, output, cancelled_, fake_.console);
  }

  std::atomic<bool> cancelled_ = false;
  FakeConsole fake_;
};

TEST_F(ExportRecordsTest, CsvHasALineForEachNumber) {
  const std::string a = WriteTestFile("a", {FinishedRecord("mlp", 1, 165)});
  const std::string b = WriteTestFile("b", {HardRecord()});
  ASSERT_THAT(Export({a, b}, "csv"), IsOk());
  EXPECT_EQ(
      fake_.output,
      "study,data_set,seed,architecture,round,epoch,metric,value\n"
      "test_study,mnist,0,mlp,1,,finished,1\n"
      "test_study,mnist,0,mlp,1,,diverged,0\n"
      "test_study,mnist,0,mlp,1,,at_chance,0\n"
      "test_study,mnist,0,mlp,1,,parameters,70342\n"
      "test_study,mnist,0,mlp,1,,train_pairs,1000\n"
      "test_study,mnist,0,mlp,1,,test_pairs,1000\n"
      "test_study,mnist,0,mlp,1,,train_error,0.2\n"
      "test_study,mnist,0,mlp,1,,test_error,16.5\n"
      "test_study,mnist,0,mlp,1,,training_seconds,1.5\n"
      "test_study,mnist,18446744073709551615,convnet,2,1,loss,NaN\n"
      "test_study,mnist,18446744073709551615,convnet,2,1,comparison_loss,-Inf\n"
      "test_study,mnist,18446744073709551615,convnet,2,1,auxiliary_loss,"
      "0.30000000000000004\n"
      "test_study,mnist,18446744073709551615,convnet,2,,finished,0\n"
      "test_study,mnist,18446744073709551615,convnet,2,,diverged,1\n"
      "test_study,mnist,18446744073709551615,convnet,2,,at_chance,0\n"
      "test_study,mnist,18446744073709551615,convnet,2,,parameters,70342\n"
      "test_study,mnist,18446744073709551615,convnet,2,,train_pairs,1000\n"
      "test_study,mnist,18446744073709551615,convnet,2,,test_pairs,1000\n"
      "test_study,mnist,18446744073709551615,convnet,2,,stopped_epoch,3\n"
      "test_study,mnist,18446744073709551615,convnet,2,,stopped_step,7\n"
      "test_study,mnist,18446744073709551615,convnet,2,,stopped_loss,Inf\n"
      "test_study,mnist,18446744073709551615,convnet,2,,training_seconds,1."
      "5\n");
}

TEST_F(ExportRecordsTest, JsonIsReadBackAsItWas) {
  const std::vector<proto::RunRecord> records = {FinishedRecord("mlp", 1),
                                                 HardRecord()};
  ASSERT_THAT(Export({WriteTestFile("a", records)}, "jsonl"), IsOk());
  std::vector<std::string> lines = absl::StrSplit(fake_.output, '\n');
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(lines[2], "");
  for (int i = 0; i < 2; ++i) {
    proto::RunRecord read;
    ASSERT_TRUE(
        google::protobuf::util::JsonStringToMessage(lines[i], &read).ok());
    EXPECT_EQ(SerializeRunRecord(read), SerializeRunRecord(records[i]));
  }
  EXPECT_THAT(lines[1], HasSubstr("\"loss\":\"NaN\""));
  EXPECT_THAT(lines[1], HasSubstr("\"stopped_loss\":\"Infinity\""));
}

TEST_F(ExportRecordsTest, OutputIsANewFileOrNone) {
  const std::string a = WriteTestFile("a", {FinishedRecord("mlp", 1)});
  const std::string output =
      (std::filesystem::path(a).parent_path() / "out.csv").string();
  ASSERT_THAT(Export({a}, "csv", output), IsOk());
  ASSERT_THAT(Export({a}, "csv", "-"), IsOk());
  EXPECT_THAT(ReadFile(output), IsOkAndHolds(fake_.output));
  EXPECT_THAT(Export({a}, "jsonl", output),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(output)));
}

// At the next record, behind which there is an error, and at the end.
TEST_F(ExportRecordsTest, InterruptionLeavesNoOutput) {
  cancelled_ = true;
  const std::string a = WriteTestFile("a", {FinishedRecord("mlp", 1)});
  ASSERT_THAT(WriteFile(a, *ReadFile(a) + "this is no record"), IsOk());
  const std::string output =
      (std::filesystem::path(a).parent_path() / "out.csv").string();
  for (const std::string& input : {a, WriteTestFile("b", {})}) {
    EXPECT_THAT(Export({input}, "csv", output),
                StatusIs(absl::StatusCode::kCancelled, HasSubstr(output)));
    EXPECT_FALSE(std::filesystem::exists(output));
  }
}

TEST_F(ExportRecordsTest, Mistakes) {
  EXPECT_THAT(Export({"/nonexistent"}, "xlsx"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("unknown format 'xlsx'; expected csv")));
  EXPECT_THAT(Export({}, "csv"), StatusIs(absl::StatusCode::kInvalidArgument,
                                          HasSubstr("no record file")));
  EXPECT_THAT(
      Export({"/nonexistent"}, "tensorboard"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no --output")));
}

}  // namespace
}  // namespace minidl
