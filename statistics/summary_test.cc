#include "statistics/summary.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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

std::vector<std::string> Names(const Summary& summary) {
  std::vector<std::string> names;
  for (const ArchitectureSummary& architecture : summary.architectures) {
    names.push_back(architecture.name);
  }
  return names;
}

TEST(SummaryTest, FiguresOfTheFinishedRounds) {
  std::vector<proto::RunRecord> records = {
      FinishedRecord("convnet", 0, 161), FinishedRecord("convnet", 1, 173),
      DivergedRecord("convnet", 2),      FinishedRecord("convnet", 3, 152),
      FinishedRecord("convnet", 4, 180), FinishedRecord("convnet", 5, 164)};
  records[1].mutable_environment()->set_training_seconds(2);
  for (proto::RunRecord& record : records) {
    if (record.status() != proto::RunRecord::FINISHED) continue;
    record.mutable_errors()->mutable_test_digits()->set_wrong(60);
    record.mutable_errors()->mutable_test_digits()->set_total(2000);
  }
  const absl::StatusOr<Summary> summary = Summarize(records);
  ASSERT_THAT(summary, IsOk());
  EXPECT_THAT(summary->notes, IsEmpty());
  ASSERT_EQ(summary->architectures.size(), 1u);
  const ArchitectureSummary& convnet = summary->architectures[0];
  EXPECT_EQ(convnet.name, "convnet");
  EXPECT_EQ(convnet.rounds, 6);
  EXPECT_EQ(convnet.finished, 5);
  EXPECT_EQ(convnet.diverged, 1);
  EXPECT_EQ(convnet.parameter_count, 70'342);
  // NumPy's, as in moments_test.cc.
  EXPECT_EQ(convnet.test_error->n, 5);
  EXPECT_DOUBLE_EQ(convnet.test_error->mean, 16.6);
  EXPECT_DOUBLE_EQ(convnet.test_error->deviation.value(), 1.0839741694339402);
  EXPECT_DOUBLE_EQ(convnet.train_error->mean, 0.2);
  EXPECT_DOUBLE_EQ(convnet.digit_error->mean, 3);
  EXPECT_DOUBLE_EQ(convnet.training_seconds->mean, 1.6);
}

TEST(SummaryTest, FiguresThatDoNotExist) {
  proto::RunRecord reproducible = FinishedRecord("convnet", 0);
  reproducible.clear_environment();
  const absl::StatusOr<Summary> summary =
      Summarize({reproducible, DivergedRecord("mlp", 0)});
  ASSERT_THAT(summary, IsOk());
  EXPECT_THAT(summary->notes, IsEmpty());
  ASSERT_THAT(Names(*summary), ElementsAre("convnet", "mlp"));
  const ArchitectureSummary& convnet = summary->architectures[0];
  EXPECT_TRUE(convnet.test_error.has_value());
  EXPECT_EQ(convnet.test_error->deviation, std::nullopt);
  EXPECT_FALSE(convnet.digit_error.has_value());
  EXPECT_FALSE(convnet.training_seconds.has_value());
  const ArchitectureSummary& mlp = summary->architectures[1];
  EXPECT_EQ(mlp.finished, 0);
  EXPECT_FALSE(mlp.test_error.has_value());
  EXPECT_FALSE(mlp.training_seconds.has_value());
}

TEST(SummaryTest, NoRecords) {
  const absl::StatusOr<Summary> summary = Summarize({});
  ASSERT_THAT(summary, IsOk());
  EXPECT_THAT(summary->architectures, IsEmpty());
}

TEST(SummaryTest, OrderOfArchitectures) {
  const std::vector<proto::RunRecord> records = {
      FinishedRecord("d", 0), FinishedRecord("b", 0), FinishedRecord("c", 0),
      FinishedRecord("a", 0)};
  EXPECT_THAT(Names(*Summarize(records)), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(Names(*Summarize(records, {"c", "none", "b"})),
              ElementsAre("c", "b", "a", "d"));
}

// Sums too: floating-point addition is not associative.
TEST(SummaryTest, TheOrderOfRecordsChangesNothing) {
  std::vector<proto::RunRecord> records;
  for (int round = 0; round < 5; ++round) {
    records.push_back(FinishedRecord("convnet", round, 31 * round + 7));
  }
  const Summary first = *Summarize(records);
  std::vector<int> order = {0, 1, 2, 3, 4};
  while (std::next_permutation(order.begin(), order.end())) {
    std::vector<proto::RunRecord> permuted;
    for (const int i : order) {
      permuted.push_back(records[static_cast<size_t>(i)]);
    }
    const Summary summary = *Summarize(permuted);
    const Moments& a = *first.architectures[0].test_error;
    const Moments& b = *summary.architectures[0].test_error;
    ASSERT_EQ(a.mean, b.mean);
    ASSERT_EQ(a.deviation, b.deviation);
  }
}

TEST(SummaryTest, MixedRecordsAreNoted) {
  std::vector<proto::RunRecord> records = {FinishedRecord("convnet", 0),
                                           FinishedRecord("convnet", 1)};
  records[1].set_parameter_count(1);
  const absl::StatusOr<Summary> summary = Summarize(records);
  ASSERT_THAT(summary, IsOk());
  EXPECT_EQ(summary->architectures[0].parameter_count, std::nullopt);
  EXPECT_THAT(summary->notes,
              ElementsAre("mixed: rounds of convnet have different numbers of "
                          "parameters"));
}

TEST(SummaryTest, FiguresOfSomeRoundsOnlyAreNoted) {
  std::vector<proto::RunRecord> records = {FinishedRecord("convnet", 0),
                                           FinishedRecord("convnet", 1)};
  records[1].mutable_errors()->clear_train();
  const absl::StatusOr<Summary> summary = Summarize(records);
  ASSERT_THAT(summary, IsOk());
  EXPECT_EQ(summary->architectures[0].train_error->n, 1);
  EXPECT_THAT(summary->notes,
              ElementsAre("incomplete: convnet has a train error in 1 of 2 "
                          "finished rounds"));
}

TEST(SummaryTest, RepeatedRecordsCountOnceAndAreNoted) {
  const absl::StatusOr<Summary> summary =
      Summarize({FinishedRecord("convnet", 0), FinishedRecord("convnet", 1),
                 FinishedRecord("convnet", 0)});
  ASSERT_THAT(summary, IsOk());
  EXPECT_EQ(summary->architectures[0].rounds, 2);
  EXPECT_THAT(summary->notes,
              ElementsAre("repeated: 1 record is there already, with the same "
                          "contents, and not counted again"));
}

TEST(SummaryTest, ContradictionsAreErrors) {
  EXPECT_THAT(Summarize({FinishedRecord("convnet", 0, 1),
                         FinishedRecord("convnet", 0, 2)}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("round 0 of convnet")));
}

TEST(SummaryTest, UnknownStatusIsAnError) {
  proto::RunRecord record = FinishedRecord("convnet", 3);
  record.set_status(static_cast<proto::RunRecord::Status>(7));
  EXPECT_THAT(
      Summarize({record}),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("round 3 of convnet in study test_study has status "
                         "7, which")));
}

}  // namespace
}  // namespace minidl
