#include "tools/stats.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "records/record_file_testutil.h"
#include "records/run_record_testutil.h"
#include "tools/console_testutil.h"

namespace minidl {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// A file of `rounds` of convnet and of mlp, which is better by a point in each.
std::string FileOfTwo(const std::string& name, int rounds) {
  std::vector<proto::RunRecord> records;
  for (int round = 0; round < rounds; ++round) {
    records.push_back(FinishedRecord("convnet", round, 150 + 20 * round));
    records.push_back(FinishedRecord("mlp", round, 140 + 20 * round));
  }
  return WriteTestFile(name, records);
}

TEST(StatsTest, OneReportOfAllFiles) {
  FakeConsole fake;
  const std::string a = WriteTestFile("a", {FinishedRecord("convnet", 0, 160)});
  const std::string b = WriteTestFile("b", {FinishedRecord("convnet", 1, 190)});
  StatsOptions options;
  options.files = {a, b};
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  EXPECT_THAT(
      fake.output,
      StartsWith("Study test_study, seed 0\n\n"
                 "architecture  rounds  params    test error  train error  "
                 "digit error  time s\n"
                 "convnet          2/2  70,342  17.50 ± 2.12  0.20 ± 0.00  "
                 "        n/a    1.50\n"));
  EXPECT_THAT(fake.warnings, IsEmpty());
}

TEST(StatsTest, Baseline) {
  FakeConsole fake;
  StatsOptions options;
  options.files = {FileOfTwo("a", 6)};
  options.baseline = "mlp";
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  EXPECT_THAT(fake.output,
              AllOf(HasSubstr("\nAgainst mlp\n"),
                    HasSubstr("- convnet has a higher test error than mlp: ")));
  options.baseline = "none";
  EXPECT_THAT(PrintStats(options, fake.console),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "no record of the baseline 'none'; there are: convnet, "
                       "mlp"));
}

TEST(StatsTest, TableOfCsv) {
  FakeConsole fake;
  StatsOptions options;
  options.files = {FileOfTwo("a", 6)};
  options.format = "csv";
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  EXPECT_THAT(fake.output, StartsWith("architecture,rounds,used,"));
  fake.output.clear();
  options.table = "comparisons";
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  EXPECT_THAT(fake.output,
              AllOf(StartsWith("architecture,reference,difference_n,"),
                    HasSubstr("\nmlp,convnet,6,-1,")));
}

TEST(StatsTest, OneTableForDocuments) {
  FakeConsole fake;
  StatsOptions options;
  options.files = {FileOfTwo("a", 6)};
  options.format = "markdown";
  options.table = "architectures";
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  // Deviations of 20 points' steps: NumPy's std([15, 17, ..., 25], ddof=1).
  EXPECT_EQ(fake.output,
            "| architecture | rounds | params | test error | 95 % interval | "
            "train error | digit error |\n"
            "| :--- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
            "| convnet | 6/6 | 70,342 | 20.00 ± 3.74 | 16.07 to 23.93 | "
            "0.20 ± 0.00 | n/a |\n"
            "| mlp | 6/6 | 70,342 | 19.00 ± 3.74 | 15.07 to 22.93 | "
            "0.20 ± 0.00 | n/a |\n");
  fake.output.clear();
  options.table = "comparisons";
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  EXPECT_THAT(fake.output,
              StartsWith("| architecture | reference | n | difference |"));
  fake.output.clear();
  options.table = "lints";
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  EXPECT_EQ(fake.output, "");
}

TEST(StatsTest, TheBaselineIsInTheTableOfResults) {
  FakeConsole fake;
  StatsOptions options;
  options.files = {
      FileOfTwo("a", 6),
      WriteTestFile("b", {AtChanceRecord("c", 0), DivergedRecord("c", 1)})};
  options.table = "architectures";
  options.baseline = "mlp";
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  EXPECT_EQ(
      fake.output,
      "architecture  rounds  params    test error   95 % interval  "
      "difference  95 % interval  adjusted p  train error  digit error  "
      "not counted\n"
      "c                0/2  70,342           n/a             n/a  "
      "       n/a            n/a         n/a          n/a          n/a  "
      "1 not finite, 1 at chance\n"
      "convnet          6/6  70,342  20.00 ± 3.74  16.07 to 23.93  "
      "     +1.00            n/a      0.0312  0.20 ± 0.00          n/a\n"
      "mlp              6/6  70,342  19.00 ± 3.74  15.07 to 22.93  "
      "  baseline                             0.20 ± 0.00          n/a\n");
  EXPECT_THAT(fake.warnings, Contains(HasSubstr("stuck at chance")));
}

TEST(StatsTest, Architectures) {
  FakeConsole fake;
  StatsOptions options;
  options.files = {FileOfTwo("a", 6),
                   WriteTestFile("b", {FinishedRecord("a", 0)})};
  options.architectures = {"mlp", "a"};
  options.format = "csv";
  options.table = "rounds";
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  EXPECT_THAT(fake.output, AllOf(HasSubstr("\nmlp,"), HasSubstr("\na,"),
                                 Not(HasSubstr("\nconvnet,"))));
  EXPECT_LT(fake.output.find("\nmlp,"), fake.output.find("\na,"));
  options.architectures = {"mlp", "cnn"};
  EXPECT_THAT(PrintStats(options, fake.console),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "no record of the architecture 'cnn'; there are: a, "
                       "convnet, mlp"));
}

// There, and only there, lints do not fit into the output.
TEST(StatsTest, LintsOfCsvAreToldApart) {
  FakeConsole fake;
  const std::string file = WriteTestFile(
      "a", {FinishedRecord("convnet", 0), FinishedRecord("convnet", 0),
            DivergedRecord("convnet", 1)});
  StatsOptions options;
  options.files = {file};
  options.format = "csv";
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  EXPECT_THAT(
      fake.notes,
      ElementsAre("note: 1 record is there already, with the same contents, "
                  "and not counted again; give stats each file once"));
  EXPECT_THAT(fake.warnings,
              ElementsAre(HasSubstr("round 1 (seed 0); name k/N with every")));

  fake.notes.clear();
  fake.warnings.clear();
  options.table = "lints";
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  EXPECT_THAT(fake.output, HasSubstr("\nrepeated_records,note,"));
  EXPECT_THAT(fake.notes, IsEmpty());
  EXPECT_THAT(fake.warnings, IsEmpty());

  options.format = "markdown";
  options.table = "";
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  EXPECT_THAT(fake.output, HasSubstr("- note: 1 record is there already"));
  EXPECT_THAT(fake.warnings, IsEmpty());
}

TEST(StatsTest, MistakesInTheOptionsComeFirst) {
  FakeConsole fake;
  StatsOptions options;
  options.files = {"/nonexistent"};
  options.format = "pdf";
  EXPECT_THAT(PrintStats(options, fake.console),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("pdf")));
  options.format = "csv";
  options.table = "all";
  EXPECT_THAT(PrintStats(options, fake.console),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("unknown table 'all'")));
  options.format = "json";
  options.table = "rounds";
  EXPECT_THAT(PrintStats(options, fake.console),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--table means nothing to --format=json, which has all "
                       "of them"));
  EXPECT_THAT(PrintStats(StatsOptions(), fake.console),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no record file")));
}

TEST(StatsTest, WritesThePage) {
  FakeConsole fake;
  StatsOptions options;
  options.files = {WriteTestFile("a", {FinishedRecord("convnet", 0)})};
  options.html = TestFile("page.html");
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  EXPECT_THAT(ReadFile(options.html),
              IsOkAndHolds(AllOf(StartsWith("<!DOCTYPE html>"),
                                 HasSubstr("\"name\":\"convnet\""))));
  EXPECT_THAT(fake.output, EndsWith("\n\npage: " + options.html + "\n"));

  fake.output.clear();
  options.format = "json";
  ASSERT_THAT(PrintStats(options, fake.console), IsOk());
  EXPECT_THAT(fake.output, Not(HasSubstr("page: ")));
}

// A record file, above all.
TEST(StatsTest, APageReplacesNothingElse) {
  FakeConsole fake;
  const std::string file = WriteTestFile("a", {FinishedRecord("convnet", 0)});
  StatsOptions options;
  // Before anything is read.
  options.files = {"/nonexistent"};
  options.html = file;
  EXPECT_THAT(PrintStats(options, fake.console),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(file)));
  options.files = {file};
  options.html = "/dev/full";
  EXPECT_THAT(PrintStats(options, fake.console),
              StatusIs(absl::StatusCode::kResourceExhausted, _));
  EXPECT_EQ(fake.output, "");
  options.html.clear();
  EXPECT_THAT(PrintStats(options, fake.console), IsOk());
}

TEST(StatsTest, NoTableOfNothing) {
  FakeConsole fake;
  const std::string file = WriteTestFile("a", {});
  StatsOptions options;
  options.files = {file};
  EXPECT_THAT(
      PrintStats(options, fake.console),
      StatusIs(absl::StatusCode::kNotFound, file + ": no complete run record"));
  EXPECT_EQ(fake.output, "");
}

}  // namespace
}  // namespace minidl
