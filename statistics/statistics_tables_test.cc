#include "statistics/statistics_tables.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "records/run_record_testutil.h"
#include "statistics/statistics_testutil.h"
#include "statistics/study_statistics.h"
#include "statistics/table.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

proto::StudyStatistics Golden() {
  return *ComputeStudyStatistics(GoldenStudy());
}

// One round of one architecture, and one that diverged of another.
proto::StudyStatistics Sparse() {
  return *ComputeStudyStatistics(
      {FinishedRecord("a", 0, 165), DivergedRecord("b", 0)});
}

// The cells of a row by their columns' headers.
std::map<std::string, std::string> RowOf(const Table& table, size_t row) {
  std::map<std::string, std::string> cells;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    cells[table.columns[i].header] = table.rows[row][i];
  }
  return cells;
}

// Numbers as in golden.h.
TEST(StatisticsTablesTest, TestErrors) {
  const Table table = TestErrorTable(Golden());
  ASSERT_THAT(table.rows, SizeIs(4));
  EXPECT_THAT(table.rows[0],
              ElementsAre("convnet", "10", "15.61", "15.00 to 16.22", "0.85",
                          "0.59 to 1.56", "15.50", "14.20", "17.30"));
}

TEST(StatisticsTablesTest, TestErrorsThatDoNotExist) {
  const Table table = TestErrorTable(Sparse());
  EXPECT_THAT(table.rows[0], ElementsAre("a", "1", "16.50", "n/a", "n/a", "n/a",
                                         "16.50", "16.50", "16.50"));
  EXPECT_THAT(table.rows[1], ElementsAre("b", "0", "n/a", "n/a", "n/a", "n/a",
                                         "n/a", "n/a", "n/a"));
}

TEST(StatisticsTablesTest, Comparisons) {
  const Table table = ComparisonTable(Golden());
  ASSERT_THAT(table.rows, SizeIs(6));
  EXPECT_THAT(table.rows[1], ElementsAre("convnet_shared", "convnet", "10",
                                         "-3.42", "-4.15 to -2.69", "10/0/0",
                                         "-3.34", "0.00195", "0.0117"));
  EXPECT_THAT(
      ComparisonTable(Sparse()).rows[0],
      ElementsAre("b", "a", "0", "n/a", "n/a", "0/0/0", "n/a", "n/a", "n/a"));
}

TEST(StatisticsTablesTest, Contrasts) {
  const Table table = ContrastTable(Golden().factorials(0));
  ASSERT_THAT(table.rows, SizeIs(3));
  EXPECT_EQ(table.rows[0][0], "shared branches");
  EXPECT_EQ(table.rows[1][0], "auxiliary losses");
  EXPECT_THAT(table.rows[2],
              ElementsAre("interaction", "10", "+2.18", "+1.42 to +2.94",
                          "1/0/9", "+2.06", "0.00391", "0.00586"));
}

TEST(StatisticsTablesTest, DataOfArchitectures) {
  const Table table = MakeDataTable(Sparse(), DataTable::kArchitectures);
  ASSERT_THAT(table.rows, SizeIs(2));
  std::map<std::string, std::string> row = RowOf(table, 0);
  EXPECT_EQ(row["architecture"], "a");
  EXPECT_EQ(row["rounds"], "1");
  EXPECT_EQ(row["used"], "1");
  EXPECT_EQ(row["diverged"], "0");
  EXPECT_EQ(row["at_chance"], "0");
  EXPECT_EQ(row["interrupted"], "0");
  EXPECT_EQ(row["parameters"], "70342");
  EXPECT_EQ(row["test_error_n"], "1");
  EXPECT_EQ(row["test_error_mean"], "16.5");
  EXPECT_EQ(row["test_error_deviation"], "");
  EXPECT_EQ(row["test_error_mean_low"], "");
  EXPECT_EQ(row["test_error_median"], "16.5");
  EXPECT_EQ(row["train_error_mean"], "0.2");
  EXPECT_EQ(row["digit_error_n"], "0");
  EXPECT_EQ(row["digit_error_mean"], "");
  EXPECT_EQ(row["training_seconds_maximum"], "1.5");
  EXPECT_EQ(RowOf(table, 1)["diverged"], "1");
}

TEST(StatisticsTablesTest, DataOfComparisons) {
  const proto::StudyStatistics statistics = Golden();
  const Table table = MakeDataTable(statistics, DataTable::kComparisons);
  ASSERT_THAT(table.rows, SizeIs(6));
  std::map<std::string, std::string> row = RowOf(table, 1);
  EXPECT_EQ(row["architecture"], "convnet_shared");
  EXPECT_EQ(row["reference"], "convnet");
  EXPECT_EQ(row["difference_n"], "10");
  EXPECT_EQ(row["difference_mean"], "-3.42");
  EXPECT_EQ(row["wins"], "10");
  EXPECT_EQ(row["ties"], "0");
  EXPECT_EQ(row["losses"], "0");
  EXPECT_EQ(row["method"], "enumerated");
  EXPECT_EQ(row["p"], "0.001953125");
  EXPECT_EQ(row["adjusted_p"], "0.01171875");
  EXPECT_EQ(row["family_size"], "6");
  EXPECT_EQ(row["smallest_p"], "0.001953125");
  EXPECT_EQ(row["smallest_adjusted_p"], "0.01171875");
  EXPECT_EQ(row["verdict"], "lower");
  EXPECT_EQ(row["sentence"], statistics.comparisons(1).effect().sentence());
}

TEST(StatisticsTablesTest, DataOfComparisonsOfNothing) {
  std::map<std::string, std::string> row =
      RowOf(MakeDataTable(Sparse(), DataTable::kComparisons), 0);
  EXPECT_EQ(row["difference_n"], "0");
  EXPECT_EQ(row["verdict"], "nothing_to_compare");
  for (const char* column : {"difference_mean", "d_z", "method", "draws", "p",
                             "adjusted_p", "family_size"}) {
    EXPECT_EQ(row[column], "") << column;
  }
}

TEST(StatisticsTablesTest, DataOfContrasts) {
  const Table table = MakeDataTable(Golden(), DataTable::kContrasts);
  ASSERT_THAT(table.rows, SizeIs(3));
  std::map<std::string, std::string> row = RowOf(table, 2);
  EXPECT_EQ(row["separate"], "convnet");
  EXPECT_EQ(row["shared"], "convnet_shared");
  EXPECT_EQ(row["separate_auxiliary"], "convnet_aux");
  EXPECT_EQ(row["shared_auxiliary"], "convnet_shared_aux");
  EXPECT_EQ(row["contrast"], "interaction");
  EXPECT_EQ(row["p"], "0.00390625");
  EXPECT_EQ(row["verdict"], "higher");
}

TEST(StatisticsTablesTest, DataOfRounds) {
  const Table table = MakeDataTable(Sparse(), DataTable::kRounds);
  EXPECT_THAT(table.rows,
              ElementsAre(ElementsAre("a", "test_study", "0", "0", "true", "",
                                      "16.5", "0.2", "", "1.5"),
                          ElementsAre("b", "test_study", "0", "0", "false",
                                      "diverged in epoch 3, step 7: not finite",
                                      "", "", "", "1.5")));
}

TEST(StatisticsTablesTest, DataOfLints) {
  const Table table = MakeDataTable(Sparse(), DataTable::kLints);
  ASSERT_THAT(table.rows, SizeIs(1));
  std::map<std::string, std::string> row = RowOf(table, 0);
  EXPECT_EQ(row["kind"], "unused_rounds");
  EXPECT_EQ(row["severity"], "warning");
  EXPECT_EQ(row["architectures"], "b");
  EXPECT_EQ(row["rounds"], "test_study:0:0");
  EXPECT_THAT(row["message"], HasSubstr("1 of 1 round of b diverged"));
  EXPECT_THAT(row["advice"], HasSubstr("k/N"));
}

TEST(StatisticsTablesTest, DataTablesHaveNames) {
  EXPECT_THAT(ParseDataTable("architectures"),
              IsOkAndHolds(DataTable::kArchitectures));
  EXPECT_THAT(ParseDataTable("comparisons"),
              IsOkAndHolds(DataTable::kComparisons));
  EXPECT_THAT(ParseDataTable("contrasts"), IsOkAndHolds(DataTable::kContrasts));
  EXPECT_THAT(ParseDataTable("rounds"), IsOkAndHolds(DataTable::kRounds));
  EXPECT_THAT(ParseDataTable("lints"), IsOkAndHolds(DataTable::kLints));
  EXPECT_THAT(ParseDataTable("all"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "unknown table 'all'; there are architectures, "
                       "comparisons, contrasts, rounds, lints"));
}

}  // namespace
}  // namespace minidl
