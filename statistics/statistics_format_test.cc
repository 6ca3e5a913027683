#include "statistics/statistics_format.h"

#include <clocale>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "records/run_record_testutil.h"
#include "statistics/statistics_tables.h"
#include "statistics/statistics_testutil.h"
#include "statistics/study_statistics.h"
#include "statistics/table.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr StatisticsFormat kFormats[] = {
    StatisticsFormat::kText, StatisticsFormat::kMarkdown,
    StatisticsFormat::kLatex, StatisticsFormat::kCsv, StatisticsFormat::kJson};

proto::StudyStatistics Golden() {
  return *ComputeStudyStatistics(GoldenStudy(), {"convnet", {}});
}

proto::StudyStatistics OneRound() {
  return *ComputeStudyStatistics({FinishedRecord("a", 0, 165)});
}

TEST(StatisticsFormatTest, TextOfOneRound) {
  EXPECT_EQ(
      FormatStatistics(OneRound(), StatisticsFormat::kText),
      "Study test_study, seed 0\n"
      "\n"
      "architecture  rounds  params   test error  train error  digit error  "
      "time s\n"
      "a                1/1  70,342  16.50 ± n/a   0.20 ± n/a          n/a    "
      "1.50\n"
      "\n"
      "Errors in %, mean ± standard deviation (n-1) of the rounds used; mean "
      "time.\n"
      "\n"
      "Test error in %, over the rounds used\n"
      "\n"
      "architecture  n   mean  95 % interval  deviation  95 % interval  median "
      "   min    max\n"
      "a             1  16.50            n/a        n/a            n/a   16.50 "
      " 16.50  16.50\n");
}

TEST(StatisticsFormatTest, TextHasEveryPart) {
  const proto::StudyStatistics statistics = Golden();
  const std::string text =
      FormatStatistics(statistics, StatisticsFormat::kText);
  for (const char* part :
       {"\nAgainst convnet\n",
        "\nconvnet_shared      convnet    10       -3.42"
        "    -4.15 to -2.69  10/0/0   -3.34  0.00195     0.00586\n",
        "adjusted p: Holm's, over the table.\n",
        "\n- convnet_shared has a lower test error than convnet: mean "
        "difference -3.42\n  points (95 % interval",
        "\ninteraction       10       +2.18   +1.42 to +2.94   1/0/9",
        "\n- Auxiliary losses change the test error differently with shared",
        "\nBefore you use these numbers\n\n- note: test errors of convnet "}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(testing::EndsWith("\n\n")));
}

TEST(StatisticsFormatTest, TextFitsATerminal) {
  for (const absl::string_view line : absl::StrSplit(
           FormatStatistics(Golden(), StatisticsFormat::kText), '\n')) {
    EXPECT_LE(TextWidth(line), 120u) << line;
    // Only tables are wider than 80.
    if (line.find("  ") == absl::string_view::npos) {
      EXPECT_LE(TextWidth(line), 80u) << line;
    }
  }
}

TEST(StatisticsFormatTest, RandomAssignmentsAreSaidToBe) {
  std::vector<proto::RunRecord> records;
  for (int round = 0; round < 45; ++round) {
    records.push_back(FinishedRecord("a", round, 150 + round % 7));
    records.push_back(FinishedRecord("b", round, 160 + round % 5));
  }
  const std::string text = FormatStatistics(*ComputeStudyStatistics(records),
                                            StatisticsFormat::kMarkdown);
  EXPECT_THAT(text, HasSubstr("over 99,999 random assignments of signs (seed "
                              "20150101) where there are more than 40"));
}

// Lints that advise the same, advise once.
TEST(StatisticsFormatTest, AdviceComesOnce) {
  const std::string text =
      FormatStatistics(Golden(), StatisticsFormat::kMarkdown);
  const std::vector<std::string> parts =
      absl::StrSplit(text, "What to do: nothing, it may be chance");
  EXPECT_EQ(parts.size(), 2u);
  EXPECT_THAT(parts[0], HasSubstr("- note: test errors of convnet_shared_aux"));
}

TEST(StatisticsFormatTest, Markdown) {
  const std::string text =
      FormatStatistics(Golden(), StatisticsFormat::kMarkdown);
  EXPECT_THAT(text, StartsWith("### Study test_study, seed 0\n"
                               "\n"
                               "| architecture | rounds | params |"));
  EXPECT_THAT(text, HasSubstr("| convnet_shared | convnet | 10 | -3.42 |"));
  EXPECT_THAT(text, HasSubstr("\n- convnet_shared has a lower test error than "
                              "convnet: mean difference"));
}

// tools/latex_test.py compiles it.
TEST(StatisticsFormatTest, Latex) {
  const std::string text = FormatStatistics(Golden(), StatisticsFormat::kLatex);
  EXPECT_THAT(text, StartsWith("% Needs \\usepackage{booktabs}.\n"
                               "\\paragraph{Study test\\_study, seed 0}\n"
                               "\n"
                               "\\begin{tabular}{lrrrrrr}\n"));
  EXPECT_THAT(text, HasSubstr("\nconvnet\\_shared & convnet & 10 & $-$3.42 & "
                              "$-$4.15 to $-$2.69 &"));
  EXPECT_THAT(text, HasSubstr("\\begin{itemize}\n\\item convnet\\_aux has a "));
}

TEST(StatisticsFormatTest, Csv) {
  EXPECT_EQ(
      FormatStatistics(OneRound(), StatisticsFormat::kCsv, DataTable::kRounds),
      "architecture,study,seed,round,used,reason,test_error,train_error,"
      "digit_error,training_seconds\n"
      "a,test_study,0,0,true,,16.5,0.2,,1.5\n");
  EXPECT_THAT(FormatStatistics(OneRound(), StatisticsFormat::kCsv),
              StartsWith("architecture,rounds,used,"));
}

TEST(StatisticsFormatTest, JsonReadsBack) {
  const proto::StudyStatistics statistics = Golden();
  proto::StudyStatistics read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(
                  FormatStatistics(statistics, StatisticsFormat::kJson), &read)
                  .ok());
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(statistics, read));
}

TEST(StatisticsFormatTest, JsonHasZerosAndNoHoles) {
  const std::string json = StatisticsJson(OneRound());
  EXPECT_THAT(json, HasSubstr("\"diverged\": 0"));
  EXPECT_THAT(json, HasSubstr("\"parameters\": 70342"));
  EXPECT_THAT(json, HasSubstr("\"seeds\": [\n  \"0\"\n ]"));
  // Not there at all, rather than 0.
  EXPECT_THAT(json, Not(HasSubstr("deviation")));
  EXPECT_THAT(json, Not(HasSubstr("digit_error")));
}

TEST(StatisticsFormatTest, NoRecords) {
  for (const StatisticsFormat format : kFormats) {
    EXPECT_NE(FormatStatistics(proto::StudyStatistics(), format), "");
  }
}

TEST(StatisticsFormatTest, FormatsHaveNames) {
  const std::map<std::string, StatisticsFormat> names = {
      {"text", StatisticsFormat::kText},
      {"markdown", StatisticsFormat::kMarkdown},
      {"latex", StatisticsFormat::kLatex},
      {"csv", StatisticsFormat::kCsv},
      {"json", StatisticsFormat::kJson}};
  for (const auto& [name, format] : names) {
    EXPECT_THAT(ParseStatisticsFormat(name), IsOkAndHolds(format));
  }
  EXPECT_THAT(ParseStatisticsFormat("pdf"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "unknown format 'pdf'; there are text, markdown, latex, "
                       "csv and json"));
}

// In a German locale, 1.5 is printed as "1,5".
class GermanLocale {
 public:
  // Compiles the locale, for which Debian's package `locales` has the source.
  GermanLocale() {
    const std::string directory = testing::TempDir();
    const std::string command =
        absl::StrCat("localedef -i de_DE -f UTF-8 '", directory,
                     "/de_DE.UTF-8' >/dev/null 2>&1");
    is_there_ = std::system(command.c_str()) == 0 &&
                setenv("LOCPATH", directory.c_str(), 1) == 0 &&
                std::setlocale(LC_ALL, "de_DE.UTF-8") != nullptr;
  }
  ~GermanLocale() { std::setlocale(LC_ALL, "C"); }

  bool is_there() const { return is_there_; }

 private:
  bool is_there_ = false;
};

TEST(StatisticsFormatTest, NoFormatDependsOnTheLocale) {
  const proto::StudyStatistics statistics = Golden();
  std::vector<std::string> texts;
  for (const StatisticsFormat format : kFormats) {
    texts.push_back(FormatStatistics(statistics, format));
  }
  const GermanLocale locale;
  if (!locale.is_there()) GTEST_SKIP() << "no German locale can be made";
  char buffer[8];
  std::snprintf(buffer, sizeof(buffer), "%.1f", 1.5);
  ASSERT_STREQ(buffer, "1,5");
  size_t i = 0;
  for (const StatisticsFormat format : kFormats) {
    EXPECT_EQ(FormatStatistics(statistics, format), texts[i++]);
  }
}

}  // namespace
}  // namespace minidl
