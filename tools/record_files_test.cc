#include "tools/record_files.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/run_record_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What ForEachRunRecord does with a file.
struct Visits {
  std::vector<std::string> records;  // "number:architecture"
  std::vector<std::string> warnings;
  absl::Status status;
};

Visits Visit(const std::string& path) {
  Visits visits;
  visits.status = ForEachRunRecord(
      path,
      [&visits](int64_t number, const proto::RunRecord& record) {
        visits.records.push_back(
            absl::StrCat(number, ":", record.architecture().name()));
        return absl::OkStatus();
      },
      [&visits](absl::string_view message) {
        visits.warnings.push_back(std::string(message));
      });
  return visits;
}

// A file of two records that ends with `cut` bytes missing.
std::string TornFile(size_t cut) {
  const std::string path = WriteTestFile(
      "torn", {FinishedRecord("convnet", 0), FinishedRecord("mlp", 0)});
  const std::string contents = *ReadFile(path);
  EXPECT_THAT(WriteFile(path, contents.substr(0, contents.size() - cut)),
              IsOk());
  return path;
}

TEST(RecordFilesTest, PathsAreTheUsers) {
  setenv("BUILD_WORKING_DIRECTORY", "/home/user", 1);
  EXPECT_THAT(RecordFilePaths({"a", "/b", "-"}),
              IsOkAndHolds(ElementsAre("/home/user/a", "/b", "/dev/stdin")));
  unsetenv("BUILD_WORKING_DIRECTORY");
}

TEST(RecordFilesTest, PathsCanBeTheLinesOfAFile) {
  const std::string list = absl::StrCat(testing::TempDir(), "/list");
  ASSERT_THAT(WriteFile(list, "/b\n\n/c d"), IsOk());
  EXPECT_THAT(RecordFilePaths({"/a", absl::StrCat("@", list), "/e"}),
              IsOkAndHolds(ElementsAre("/a", "/b", "/c d", "/e")));
  EXPECT_THAT(RecordFilePaths({"@/none"}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none")));
  ASSERT_THAT(WriteFile(list, "\n"), IsOk());
  EXPECT_THAT(RecordFilePaths({absl::StrCat("@", list)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no record file given")));
}

TEST(RecordFilesTest, NoPathsAreAMistake) {
  EXPECT_THAT(RecordFilePaths({}), StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("no record file given")));
}

TEST(RecordFilesTest, VisitsAllRecords) {
  const Visits visits = Visit(TornFile(/*cut=*/0));
  EXPECT_THAT(visits.status, IsOk());
  EXPECT_THAT(visits.records, ElementsAre("0:convnet", "1:mlp"));
  EXPECT_THAT(visits.warnings, IsEmpty());
}

TEST(RecordFilesTest, TornTailIsAWarning) {
  const std::string path = TornFile(/*cut=*/3);
  const Visits visits = Visit(path);
  EXPECT_THAT(visits.status, IsOk());
  EXPECT_THAT(visits.records, ElementsAre("0:convnet"));
  EXPECT_THAT(visits.warnings,
              ElementsAre(testing::AllOf(HasSubstr(path + ": record 1 at byte"),
                                         HasSubstr("it is left out"))));
}

TEST(RecordFilesTest, CorruptionIsAnError) {
  const std::string path = TornFile(/*cut=*/0);
  std::string contents = *ReadFile(path);
  contents.back() = static_cast<char>(contents.back() ^ 1);
  ASSERT_THAT(WriteFile(path, contents), IsOk());
  const Visits visits = Visit(path);
  EXPECT_THAT(visits.status,
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path)));
  EXPECT_THAT(visits.records, ElementsAre("0:convnet"));
  EXPECT_THAT(visits.warnings, IsEmpty());
}

// Even one that has a torn tail's code.
TEST(RecordFilesTest, TheVisitorsErrorIsReturned) {
  int visited = 0;
  const absl::Status status = ForEachRunRecord(
      TornFile(/*cut=*/0),
      [&visited](int64_t, const proto::RunRecord&) {
        ++visited;
        return absl::OutOfRangeError("enough");
      },
      [](absl::string_view) { FAIL(); });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kOutOfRange, "enough"));
  EXPECT_EQ(visited, 1);
}

}  // namespace
}  // namespace minidl
