#include "tools/stats.h"

#include <string>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "records/run_record_testutil.h"
#include "tools/console_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(StatsTest, OneTableOfAllFiles) {
  FakeConsole fake;
  const std::string a = WriteTestFile("a", {FinishedRecord("convnet", 0, 160)});
  const std::string b = WriteTestFile("b", {FinishedRecord("convnet", 1, 170)});
  ASSERT_THAT(PrintStats({{a, b}}, fake.console), IsOk());
  EXPECT_THAT(
      fake.output,
      StartsWith("architecture  rounds  params    test error  train error  "
                 "digit error  time s\n"
                 "convnet          2/2  70,342  16.50 ± 0.71  0.20 ± 0.00  "
                 "        n/a    1.50\n"));
  EXPECT_THAT(fake.warnings, IsEmpty());
}

// There, and only there, notes do not fit into the output.
TEST(StatsTest, NotesOfCsvAreWarnings) {
  FakeConsole fake;
  const std::string file = WriteTestFile(
      "a", {FinishedRecord("convnet", 0), FinishedRecord("convnet", 0)});
  ASSERT_THAT(PrintStats({{file}, "csv"}, fake.console), IsOk());
  EXPECT_THAT(fake.output,
              HasSubstr("\nconvnet,1,1,70342,16.5,,0.2,,,,1.5,\n"));
  EXPECT_THAT(fake.warnings, ElementsAre(HasSubstr("repeated: 1 record")));

  fake.warnings.clear();
  ASSERT_THAT(PrintStats({{file}, "markdown"}, fake.console), IsOk());
  EXPECT_THAT(fake.output, HasSubstr("- repeated: 1 record"));
  EXPECT_THAT(fake.warnings, IsEmpty());
}

TEST(StatsTest, MistakesInTheOptionsComeFirst) {
  FakeConsole fake;
  EXPECT_THAT(PrintStats({{"/nonexistent"}, "pdf"}, fake.console),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("pdf")));
  EXPECT_THAT(PrintStats({{}}, fake.console),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no record file")));
}

TEST(StatsTest, NoTableOfNothing) {
  FakeConsole fake;
  const std::string file = WriteTestFile("a", {});
  EXPECT_THAT(
      PrintStats({{file}}, fake.console),
      StatusIs(absl::StatusCode::kNotFound, file + ": no complete run record"));
  EXPECT_EQ(fake.output, "");
}

}  // namespace
}  // namespace minidl
