#include "statistics/summary_table.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "statistics/moments.h"
#include "statistics/summary.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;

Summary Example() {
  ArchitectureSummary convnet;
  convnet.name = "convnet";
  convnet.rounds = 10;
  convnet.finished = 8;
  convnet.diverged = 2;
  convnet.parameter_count = 70'342;
  convnet.test_error = Moments{8, 16.5, 1.203};
  convnet.train_error = Moments{8, 0.03, 0.0483};
  convnet.training_seconds = Moments{8, 1.1, 0.25};
  ArchitectureSummary shared;
  shared.name = "shared_auxiliary";
  shared.rounds = 1;
  shared.finished = 1;
  shared.test_error = Moments{1, 10.25, {}};
  shared.train_error = Moments{1, 0, {}};
  shared.digit_error = Moments{1, 4.1, {}};
  return {{convnet, shared}, {"mixed: something"}};
}

TEST(SummaryTableTest, Text) {
  EXPECT_EQ(FormatSummary(Example(), SummaryFormat::kText),
            "architecture      rounds  params    test error  train error  "
            "digit error  time s\n"
            "convnet             8/10  70,342  16.50 ± 1.20  0.03 ± 0.05  "
            "        n/a    1.10\n"
            "shared_auxiliary     1/1     n/a   10.25 ± n/a   0.00 ± n/a   "
            "4.10 ± n/a     n/a\n"
            "\n"
            "Errors in %, mean ± standard deviation (n-1) of the rounds used; "
            "mean time.\n"
            "diverged: 2 of 10 rounds of convnet, left out of its figures\n"
            "mixed: something\n");
}

TEST(SummaryTableTest, TextFitsEightyColumns) {
  const std::string text = FormatSummary(Example(), SummaryFormat::kText);
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = text.find('\n', begin);
    // "±" has two bytes.
    const auto wide =
        std::count(text.begin() + static_cast<ptrdiff_t>(begin),
                   text.begin() + static_cast<ptrdiff_t>(end), "±"[0]);
    EXPECT_LE(end - begin - static_cast<size_t>(wide), 80u)
        << text.substr(begin, end - begin);
    begin = end + 1;
  }
}

TEST(SummaryTableTest, Markdown) {
  EXPECT_EQ(
      FormatSummary(Example(), SummaryFormat::kMarkdown),
      "| architecture | rounds | params | test error | train error | "
      "digit error | time s |\n"
      "| :--- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
      "| convnet | 8/10 | 70,342 | 16.50 ± 1.20 | 0.03 ± 0.05 | n/a | 1.10 "
      "|\n"
      "| shared_auxiliary | 1/1 | n/a | 10.25 ± n/a | 0.00 ± n/a | "
      "4.10 ± n/a | n/a |\n"
      "\n"
      "- Errors in %, mean ± standard deviation (n-1) of the rounds used; "
      "mean time.\n"
      "- diverged: 2 of 10 rounds of convnet, left out of its figures\n"
      "- mixed: something\n");
}

TEST(SummaryTableTest, Csv) {
  EXPECT_EQ(FormatSummary(Example(), SummaryFormat::kCsv),
            "architecture,rounds_used,rounds,parameters,"
            "test_error_percent_mean,test_error_percent_deviation,"
            "train_error_percent_mean,train_error_percent_deviation,"
            "digit_error_percent_mean,digit_error_percent_deviation,"
            "training_seconds_mean,training_seconds_deviation\n"
            "convnet,8,10,70342,16.5,1.203,0.03,0.0483,,,1.1,0.25\n"
            "shared_auxiliary,1,1,,10.25,,0,,4.1,,,\n");
}

TEST(SummaryTableTest, FormatsHaveNames) {
  EXPECT_THAT(ParseSummaryFormat("text"), IsOkAndHolds(SummaryFormat::kText));
  EXPECT_THAT(ParseSummaryFormat("markdown"),
              IsOkAndHolds(SummaryFormat::kMarkdown));
  EXPECT_THAT(ParseSummaryFormat("csv"), IsOkAndHolds(SummaryFormat::kCsv));
  EXPECT_THAT(ParseSummaryFormat("pdf"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("'pdf'; there are text, markdown and csv")));
}

}  // namespace
}  // namespace minidl
