#include "statistics/summary_table.h"

#include <string>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "proto/statistics.pb.h"
#include "statistics/lint.h"
#include "statistics/table.h"

namespace minidl {
namespace {

void SetMoments(double mean, double deviation, proto::Estimate* estimate) {
  estimate->set_mean(mean);
  estimate->set_deviation(deviation);
}

proto::StudyStatistics Example() {
  proto::StudyStatistics statistics;
  proto::ArchitectureStatistics& convnet = *statistics.add_architectures();
  convnet.set_name("convnet");
  convnet.set_rounds(10);
  convnet.set_used(8);
  convnet.set_parameters(70'342);
  SetMoments(16.5, 1.203, convnet.mutable_test_error());
  SetMoments(0.03, 0.0483, convnet.mutable_train_error());
  SetMoments(1.1, 0.25, convnet.mutable_training_seconds());
  proto::ArchitectureStatistics& shared = *statistics.add_architectures();
  shared.set_name("shared_auxiliary");
  shared.set_rounds(1);
  shared.set_used(1);
  shared.mutable_test_error()->set_mean(10.25);
  shared.mutable_train_error()->set_mean(0);
  shared.mutable_digit_error()->set_mean(4.1);
  *statistics.add_lints() =
      MakeLint(proto::Lint::MIXED_GROUP, proto::Lint::WARNING, {}, {},
               "what is wrong", "what to do");
  *statistics.add_lints() =
      MakeLint(proto::Lint::TOO_FEW_ROUNDS, proto::Lint::NOTE, {}, {},
               "what is not there", "what to do");
  return statistics;
}

TEST(SummaryTableTest, Text) {
  EXPECT_EQ(SummaryText(Example()),
            "architecture      rounds  params    test error  train error  "
            "digit error  time s\n"
            "convnet             8/10  70,342  16.50 ± 1.20  0.03 ± 0.05  "
            "        n/a    1.10\n"
            "shared_auxiliary     1/1     n/a   10.25 ± n/a   0.00 ± n/a   "
            "4.10 ± n/a     n/a\n"
            "\n"
            "Errors in %, mean ± standard deviation (n-1) of the rounds used; "
            "mean time.\n"
            "warning: what is wrong\n");
}

TEST(SummaryTableTest, TextFitsEightyColumns) {
  for (const absl::string_view line :
       absl::StrSplit(SummaryText(Example()), '\n')) {
    EXPECT_LE(TextWidth(line), 80u) << line;
  }
}

TEST(SummaryTableTest, NoArchitectures) {
  const Table table = SummaryTable(proto::StudyStatistics());
  EXPECT_EQ(table.columns.size(), 7u);
  EXPECT_TRUE(table.rows.empty());
}

}  // namespace
}  // namespace minidl
