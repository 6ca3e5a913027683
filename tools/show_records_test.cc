#include "tools/show_records.h"

#include <cmath>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"
#include "tools/console.h"
#include "tools/console_testutil.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ShowRecordsTest, WhatIsShownParses) {
  proto::RunRecord record = FinishedRecord("convnet", 3);
  record.mutable_environment()->set_host("Zürich");
  const std::string path = WriteTestFile("a", {record});
  FakeConsole fake;
  ASSERT_THAT(ShowRecords({path}, fake.console), IsOk());
  EXPECT_THAT(fake.output,
              StartsWith(absl::StrCat("# ", path,
                                      ": record 0, convnet, round 3\n"
                                      "schema_version: 1\n"
                                      "study_name: \"test_study\"\n")));
  EXPECT_THAT(fake.output, HasSubstr("\"Zürich\""));
  proto::RunRecord parsed;
  ASSERT_THAT(ParseTextProto(fake.output, "output", &parsed), IsOk());
  EXPECT_EQ(parsed.DebugString(), record.DebugString());
}

TEST(ShowRecordsTest, NotNumbersAreShown) {
  proto::RunRecord record = DivergedRecord("convnet", 0);
  record.add_epochs()->set_loss(std::nan(""));
  FakeConsole fake;
  ASSERT_THAT(ShowRecords({WriteTestFile("a", {record})}, fake.console),
              IsOk());
  EXPECT_THAT(fake.output, HasSubstr("stopped_loss: inf\n"));
  EXPECT_THAT(fake.output, HasSubstr("  loss: nan\n"));
  proto::RunRecord parsed;
  ASSERT_THAT(ParseTextProto(fake.output, "output", &parsed), IsOk());
  EXPECT_EQ(parsed.DebugString(), record.DebugString());
}

TEST(ShowRecordsTest, AnEmptyLineBetweenRecords) {
  const std::string a = WriteTestFile(
      "a", {FinishedRecord("convnet", 0), FinishedRecord("convnet", 1)});
  const std::string b = WriteTestFile("b", {FinishedRecord("mlp", 0)});
  FakeConsole fake;
  ASSERT_THAT(ShowRecords({a, b}, fake.console), IsOk());
  EXPECT_THAT(fake.output, StartsWith(absl::StrCat("# ", a, ": record 0,")));
  EXPECT_THAT(fake.output,
              HasSubstr(absl::StrCat("}\n\n# ", a, ": record 1, ")));
  EXPECT_THAT(fake.output,
              HasSubstr(absl::StrCat("}\n\n# ", b, ": record 0, mlp")));
}

TEST(ShowRecordsTest, OutputThatCannotBeWrittenStopsIt) {
  const std::string path = WriteTestFile(
      "a", {FinishedRecord("convnet", 0), FinishedRecord("convnet", 1)});
  int calls = 0;
  const absl::Status status = ShowRecords(
      {path}, Console{[&calls](absl::string_view) {
                        ++calls;
                        return absl::ResourceExhaustedError("full");
                      },
                      [](absl::string_view) {}, [](absl::string_view) {}});
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted, "full"));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace minidl
