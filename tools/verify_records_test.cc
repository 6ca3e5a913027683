#include "tools/verify_records.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"
#include "tools/console_testutil.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

// A file of three records, and where the last of them begins.
struct TestRecords {
  std::string path;
  std::string contents;
  size_t last;
};

TestRecords ThreeRecords() {
  const std::vector<proto::RunRecord> two = {FinishedRecord("convnet", 0),
                                             FinishedRecord("convnet", 1)};
  const size_t last = ReadFile(WriteTestFile("two", two))->size();
  const std::string path =
      WriteTestFile("a", {two[0], two[1], DivergedRecord("convnet", 2)});
  return {path, *ReadFile(path), last};
}

TEST(VerifyRecordsTest, GoodFiles) {
  const TestRecords a = ThreeRecords();
  const std::string b = WriteTestFile("b", {});
  FakeConsole fake;
  EXPECT_THAT(VerifyRecords({a.path, b}, fake.console), IsOk());
  EXPECT_EQ(fake.output,
            absl::StrCat(a.path, ": 3 good records in ", a.contents.size(),
                         " bytes\n", b, ": 0 good records in 0 bytes\n"));
}

TEST(VerifyRecordsTest, TornTail) {
  const TestRecords a = ThreeRecords();
  ASSERT_THAT(WriteFile(a.path, a.contents.substr(0, a.last + 30)), IsOk());
  FakeConsole fake;
  EXPECT_THAT(
      VerifyRecords({a.path}, fake.console),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("1 of 1 files is not")));
  EXPECT_THAT(
      fake.output,
      StartsWith(absl::StrCat(
          a.path, ": record 2 at byte ", a.last,
          " is incomplete: the file ends after 30 bytes of it, as a killed run "
          "leaves it; 30 bytes are lost, no good record follows\n",
          a.path, ": 2 good records in ", a.last + 30,
          " bytes, but not all is good\n")));
}

TEST(VerifyRecordsTest, CorruptionAndWhatFollows) {
  TestRecords a = ThreeRecords();
  a.contents[20] = static_cast<char>(a.contents[20] ^ 1);
  ASSERT_THAT(WriteFile(a.path, a.contents), IsOk());
  FakeConsole fake;
  EXPECT_THAT(VerifyRecords({a.path}, fake.console),
              StatusIs(absl::StatusCode::kDataLoss, testing::_));
  EXPECT_THAT(fake.output,
              HasSubstr(a.path + ": record 0 at byte 0 is corrupt: the "
                                 "checksum of its "));
  EXPECT_THAT(fake.output, HasSubstr("the next good record is at byte "));
  EXPECT_THAT(fake.output, HasSubstr(": 2 good records in "));
}

TEST(VerifyRecordsTest, OtherContentsAndMissingFiles) {
  proto::RunRecord future = FinishedRecord("mlp", 1);
  future.set_schema_version(2);
  const std::string a =
      WriteTestFile("a", {future, FinishedRecord("convnet", 0)});
  FakeConsole fake;
  EXPECT_THAT(
      VerifyRecords({a, "/nonexistent/b"}, fake.console),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("2 of 2 files are not")));
  EXPECT_THAT(fake.output,
              MatchesRegex(absl::StrCat(
                  a, ": record 0 at byte 0 has schema version 2; .*\n", a,
                  ": 1 good record in [0-9]+ bytes, but not all is good\n",
                  "/nonexistent/b: cannot open.*\n")));
}

TEST(VerifyRecordsTest, OutputThatCannotBeWrittenStopsIt) {
  FakeConsole fake;
  const Console full = {
      [](absl::string_view) { return absl::ResourceExhaustedError("full"); },
      fake.console.warn, fake.console.note};
  EXPECT_THAT(VerifyRecords({WriteTestFile("a", {})}, full),
              StatusIs(absl::StatusCode::kResourceExhausted, "full"));
}

}  // namespace
}  // namespace minidl
