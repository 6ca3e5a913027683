#include "statistics/study_statistics.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "records/run_record_testutil.h"
#include "statistics/golden.h"
#include "statistics/statistics_testutil.h"

namespace minidl {
namespace {

using proto::StudyStatistics;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Names(const StudyStatistics& statistics) {
  std::vector<std::string> names;
  for (const auto& architecture : statistics.architectures()) {
    names.push_back(architecture.name());
  }
  return names;
}

std::vector<proto::Lint::Kind> LintKinds(const StudyStatistics& statistics) {
  std::vector<proto::Lint::Kind> kinds;
  for (const proto::Lint& lint : statistics.lints()) {
    kinds.push_back(lint.kind());
  }
  return kinds;
}

TEST(StudyStatisticsTest, FiguresOfTheFinishedRounds) {
  std::vector<proto::RunRecord> records = {
      FinishedRecord("convnet", 0, 161), FinishedRecord("convnet", 1, 173),
      DivergedRecord("convnet", 2),      FinishedRecord("convnet", 3, 152),
      FinishedRecord("convnet", 4, 180), FinishedRecord("convnet", 5, 164),
      InterruptedRecord("convnet", 6)};
  records[1].mutable_environment()->set_training_seconds(2);
  for (proto::RunRecord& record : records) {
    record.mutable_architecture()->set_description("A network.");
    if (record.status() != proto::RunRecord::FINISHED) continue;
    record.mutable_errors()->mutable_test_digits()->set_wrong(60);
    record.mutable_errors()->mutable_test_digits()->set_total(2000);
  }
  const absl::StatusOr<StudyStatistics> statistics =
      ComputeStudyStatistics(records);
  ASSERT_THAT(statistics, IsOk());
  EXPECT_THAT(statistics->studies(), ElementsAre("test_study"));
  EXPECT_THAT(statistics->seeds(), ElementsAre(0));
  EXPECT_EQ(statistics->confidence(), 0.95);
  ASSERT_EQ(statistics->architectures_size(), 1);
  const proto::ArchitectureStatistics& convnet = statistics->architectures(0);
  EXPECT_EQ(convnet.name(), "convnet");
  EXPECT_EQ(convnet.description(), "A network.");
  EXPECT_EQ(convnet.rounds(), 7);
  EXPECT_EQ(convnet.used(), 5);
  EXPECT_EQ(convnet.diverged(), 1);
  EXPECT_EQ(convnet.interrupted(), 1);
  EXPECT_EQ(convnet.parameters(), 70'342);
  // NumPy's, as in moments_test.cc.
  EXPECT_EQ(convnet.test_error().n(), 5);
  EXPECT_DOUBLE_EQ(convnet.test_error().mean(), 16.6);
  EXPECT_DOUBLE_EQ(convnet.test_error().deviation(), 1.0839741694339402);
  EXPECT_DOUBLE_EQ(convnet.train_error().mean(), 0.2);
  EXPECT_DOUBLE_EQ(convnet.digit_error().mean(), 3);
  EXPECT_DOUBLE_EQ(convnet.training_seconds().mean(), 1.6);
  ASSERT_EQ(convnet.results_size(), 7);
  EXPECT_EQ(convnet.results(1).id().round(), 1);
  EXPECT_EQ(convnet.results(1).test_error(), 17.3);
  EXPECT_EQ(convnet.results(1).train_error(), 0.2);
  EXPECT_EQ(convnet.results(1).digit_error(), 3);
  EXPECT_EQ(convnet.results(1).training_seconds(), 2);
  EXPECT_TRUE(convnet.results(1).used());
  EXPECT_EQ(convnet.results(1).reason(), "");
  EXPECT_FALSE(convnet.results(2).used());
  EXPECT_EQ(convnet.results(2).reason(),
            "diverged in epoch 3, step 7: not finite");
  EXPECT_FALSE(convnet.results(2).has_test_error());
  EXPECT_EQ(convnet.results(6).reason(), "interrupted in epoch 2, step 5");
}

TEST(StudyStatisticsTest, FiguresThatDoNotExist) {
  proto::RunRecord reproducible = FinishedRecord("convnet", 0);
  reproducible.clear_environment();
  const absl::StatusOr<StudyStatistics> statistics =
      ComputeStudyStatistics({reproducible, DivergedRecord("mlp", 0)});
  ASSERT_THAT(statistics, IsOk());
  ASSERT_THAT(Names(*statistics), ElementsAre("convnet", "mlp"));
  const proto::ArchitectureStatistics& convnet = statistics->architectures(0);
  EXPECT_TRUE(convnet.test_error().has_mean());
  EXPECT_FALSE(convnet.test_error().has_deviation());
  EXPECT_FALSE(convnet.has_digit_error());
  EXPECT_FALSE(convnet.has_training_seconds());
  EXPECT_FALSE(convnet.results(0).has_training_seconds());
  const proto::ArchitectureStatistics& mlp = statistics->architectures(1);
  EXPECT_EQ(mlp.used(), 0);
  EXPECT_FALSE(mlp.has_test_error());
  EXPECT_FALSE(mlp.has_training_seconds());
  EXPECT_EQ(statistics->comparisons(0).effect().verdict(),
            proto::PairedEffect::NOTHING_TO_COMPARE);
}

// They have errors, which are in no figure and no comparison.
TEST(StudyStatisticsTest, RoundsAtChance) {
  const absl::StatusOr<StudyStatistics> statistics = ComputeStudyStatistics(
      {FinishedRecord("a", 0, 100), AtChanceRecord("a", 1, 500),
       DivergedRecord("a", 2), FinishedRecord("b", 0, 110),
       FinishedRecord("b", 1, 120), FinishedRecord("b", 2, 130)});
  ASSERT_THAT(statistics, IsOk());
  const proto::ArchitectureStatistics& a = statistics->architectures(0);
  EXPECT_EQ(a.used(), 1);
  EXPECT_EQ(a.diverged(), 2);
  EXPECT_EQ(a.at_chance(), 1);
  EXPECT_EQ(a.test_error().mean(), 10);
  EXPECT_EQ(a.results(1).reason(), "diverged: stuck at chance");
  EXPECT_EQ(a.results(1).test_error(), 50);
  EXPECT_FALSE(a.results(1).used());
  EXPECT_EQ(statistics->comparisons(0).effect().difference().n(), 1);
  EXPECT_EQ(statistics->architectures(1).at_chance(), 0);
}

TEST(StudyStatisticsTest, DifferentDataSetsAreAnError) {
  std::vector<proto::RunRecord> records = {FinishedRecord("a", 0),
                                           FinishedRecord("b", 0)};
  records[0].set_data_set("mnist");  // As where none is named.
  EXPECT_THAT(ComputeStudyStatistics(records), IsOk());
  records[1].set_data_set("fashion_mnist");
  EXPECT_THAT(ComputeStudyStatistics(records),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "the records are of different data sets: "
                       "fashion_mnist, mnist; give the files of one data set "
                       "at a time"));
}

TEST(StudyStatisticsTest, NoRecords) {
  const absl::StatusOr<StudyStatistics> statistics = ComputeStudyStatistics({});
  ASSERT_THAT(statistics, IsOk());
  EXPECT_THAT(statistics->architectures(), IsEmpty());
  EXPECT_THAT(statistics->comparisons(), IsEmpty());
  EXPECT_THAT(statistics->lints(), IsEmpty());
}

TEST(StudyStatisticsTest, TimesThatAreNoNumbersAreNotInTheModel) {
  std::vector<proto::RunRecord> records = {FinishedRecord("a", 0),
                                           FinishedRecord("a", 1)};
  records[0].mutable_environment()->set_training_seconds(
      std::numeric_limits<double>::quiet_NaN());
  const absl::StatusOr<StudyStatistics> statistics =
      ComputeStudyStatistics(records);
  ASSERT_THAT(statistics, IsOk());
  const proto::ArchitectureStatistics& a = statistics->architectures(0);
  EXPECT_EQ(a.training_seconds().n(), 2);
  EXPECT_FALSE(a.training_seconds().has_mean());
  EXPECT_FALSE(a.results(0).has_training_seconds());
  EXPECT_TRUE(a.results(1).has_training_seconds());
  EXPECT_THAT(LintKinds(*statistics),
              testing::Contains(proto::Lint::NOT_FINITE));
}

TEST(StudyStatisticsTest, OrderOfArchitectures) {
  const std::vector<proto::RunRecord> records = {
      FinishedRecord("d", 0), FinishedRecord("b", 0), FinishedRecord("c", 0),
      FinishedRecord("a", 0)};
  EXPECT_THAT(Names(*ComputeStudyStatistics(records)),
              ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(Names(*ComputeStudyStatistics(records, {"", {"c", "none", "b"}})),
              ElementsAre("c", "b", "a", "d"));
}

// Sums too: floating-point addition is not associative.
TEST(StudyStatisticsTest, TheOrderOfRecordsChangesNothing) {
  std::vector<proto::RunRecord> records;
  for (int round = 0; round < 3; ++round) {
    records.push_back(FinishedRecord("a", round, 31 * round + 7));
    records.push_back(FinishedRecord("b", round, 17 * round + 3));
  }
  const std::string first =
      ComputeStudyStatistics(records)->SerializeAsString();
  std::vector<size_t> order = {0, 1, 2, 3, 4, 5};
  while (std::next_permutation(order.begin(), order.end())) {
    std::vector<proto::RunRecord> permuted;
    for (const size_t i : order) permuted.push_back(records[i]);
    ASSERT_EQ(ComputeStudyStatistics(permuted)->SerializeAsString(), first);
  }
}

void ExpectEffect(const proto::PairedEffect& effect,
                  const golden::Effect& expected) {
  // The numbers are differences of what is known to about 1e-16 of 100.
  EXPECT_NEAR(effect.difference().mean(), expected.mean, 1e-13);
  EXPECT_NEAR(effect.difference().mean_interval().low(), expected.low, 1e-11);
  EXPECT_NEAR(effect.difference().mean_interval().high(), expected.high, 1e-11);
  EXPECT_NEAR(effect.d_z(), expected.d_z, 1e-11);
  EXPECT_EQ(effect.test().p(), expected.p);
  EXPECT_DOUBLE_EQ(effect.test().adjusted_p(), expected.adjusted_p);
}

TEST(StudyStatisticsTest, ComparisonsOfEachWithEach) {
  const absl::StatusOr<StudyStatistics> statistics =
      ComputeStudyStatistics(GoldenStudy());
  ASSERT_THAT(statistics, IsOk());
  EXPECT_EQ(statistics->baseline(), "");
  ASSERT_EQ(statistics->comparisons_size(), 6);
  for (int i = 0; i < 6; ++i) {
    SCOPED_TRACE(i);
    ExpectEffect(statistics->comparisons(i).effect(),
                 golden::kStudyComparisons[i]);
    EXPECT_EQ(statistics->comparisons(i).effect().test().family_size(), 6);
  }
  const proto::Comparison& comparison = statistics->comparisons(3);
  EXPECT_EQ(comparison.architecture(), "convnet_shared");
  EXPECT_EQ(comparison.reference(), "convnet_aux");
  EXPECT_EQ(comparison.effect().verdict(), proto::PairedEffect::HIGHER);
  EXPECT_THAT(comparison.effect().sentence(),
              testing::StartsWith("convnet_shared has a higher test error than "
                                  "convnet_aux: "));
}

TEST(StudyStatisticsTest, ComparisonsWithABaseline) {
  const absl::StatusOr<StudyStatistics> statistics =
      ComputeStudyStatistics(GoldenStudy(), {"convnet", {"convnet_shared"}});
  ASSERT_THAT(statistics, IsOk());
  EXPECT_EQ(statistics->baseline(), "convnet");
  // In the order of the architectures.
  const int order[] = {1, 0, 2};
  const std::string names[] = {"convnet_shared", "convnet_aux",
                               "convnet_shared_aux"};
  ASSERT_EQ(statistics->comparisons_size(), 3);
  for (int i = 0; i < 3; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(statistics->comparisons(i).architecture(), names[i]);
    EXPECT_EQ(statistics->comparisons(i).reference(), "convnet");
    ExpectEffect(statistics->comparisons(i).effect(),
                 golden::kStudyBaselineComparisons[order[i]]);
  }
}

TEST(StudyStatisticsTest, Contrasts) {
  const absl::StatusOr<StudyStatistics> statistics =
      ComputeStudyStatistics(GoldenStudy());
  ASSERT_THAT(statistics, IsOk());
  ASSERT_EQ(statistics->factorials_size(), 1);
  const proto::Factorial& factorial = statistics->factorials(0);
  EXPECT_EQ(factorial.separate(), "convnet");
  EXPECT_EQ(factorial.shared(), "convnet_shared");
  EXPECT_EQ(factorial.separate_auxiliary(), "convnet_aux");
  EXPECT_EQ(factorial.shared_auxiliary(), "convnet_shared_aux");
  ASSERT_EQ(factorial.contrasts_size(), 3);
  EXPECT_EQ(factorial.contrasts(0).kind(), proto::Contrast::SHARING);
  EXPECT_EQ(factorial.contrasts(1).kind(), proto::Contrast::AUXILIARY);
  EXPECT_EQ(factorial.contrasts(2).kind(), proto::Contrast::INTERACTION);
  for (int i = 0; i < 3; ++i) {
    SCOPED_TRACE(i);
    ExpectEffect(factorial.contrasts(i).effect(), golden::kStudyContrasts[i]);
  }
  // Differences of means of golden.h: 12.19 - 15.61, 3.60 - 4.84; 4.84 - 15.61,
  // 3.60 - 12.19.
  EXPECT_NEAR(factorial.contrasts(0).effect_at_first_level(), -3.42, 1e-13);
  EXPECT_NEAR(factorial.contrasts(0).effect_at_second_level(), -1.24, 1e-13);
  for (const int i : {1, 2}) {
    EXPECT_NEAR(factorial.contrasts(i).effect_at_first_level(), -10.77, 1e-13);
    EXPECT_NEAR(factorial.contrasts(i).effect_at_second_level(), -8.59, 1e-13);
  }
  EXPECT_THAT(factorial.contrasts(1).effect().sentence(),
              testing::StartsWith("Auxiliary losses lower the test error"));
}

// A round that one of four has not finished is in no contrast, but in the
// comparisons of the other three.
TEST(StudyStatisticsTest, RoundsThatAreNotComplete) {
  std::vector<proto::RunRecord> records = GoldenStudy();
  records[7].set_status(proto::RunRecord::DIVERGED);
  records[7].clear_errors();
  const absl::StatusOr<StudyStatistics> statistics =
      ComputeStudyStatistics(records);
  ASSERT_THAT(statistics, IsOk());
  EXPECT_EQ(statistics->comparisons(0).effect().difference().n(), 9);
  EXPECT_EQ(statistics->comparisons(5).effect().difference().n(), 10);
  for (const proto::Contrast& contrast :
       statistics->factorials(0).contrasts()) {
    EXPECT_EQ(contrast.effect().difference().n(), 9);
  }
}

TEST(StudyStatisticsTest, UnknownBaseline) {
  EXPECT_THAT(ComputeStudyStatistics(GoldenStudy(), {"convnot", {}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "no record of the baseline 'convnot'; there are: "
                       "convnet, convnet_aux, convnet_shared, "
                       "convnet_shared_aux"));
}

TEST(StudyStatisticsTest, LintsOfAllKinds) {
  std::vector<proto::RunRecord> records = {
      FinishedRecord("a", 0, 150), FinishedRecord("a", 1, 180),
      FinishedRecord("b", 0, 150), FinishedRecord("b", 0, 150),
      DivergedRecord("b", 1)};
  records[1].set_parameter_count(1);
  const absl::StatusOr<StudyStatistics> statistics =
      ComputeStudyStatistics(records);
  ASSERT_THAT(statistics, IsOk());
  EXPECT_FALSE(statistics->architectures(0).has_parameters());
  // Warnings first.
  EXPECT_THAT(
      LintKinds(*statistics),
      ElementsAre(proto::Lint::MIXED_GROUP, proto::Lint::UNUSED_ROUNDS,
                  proto::Lint::TOO_FEW_ROUNDS, proto::Lint::REPEATED_RECORDS));
  EXPECT_EQ(statistics->architectures(1).rounds(), 2);
  EXPECT_EQ(statistics->lints(3).message(),
            "1 record is there already, with the same contents, and not "
            "counted again");
}

TEST(StudyStatisticsTest, ContradictionsAreErrors) {
  EXPECT_THAT(ComputeStudyStatistics({FinishedRecord("convnet", 0, 1),
                                      FinishedRecord("convnet", 0, 2)}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("round 0 of convnet")));
}

TEST(StudyStatisticsTest, UnknownStatusIsAnError) {
  proto::RunRecord record = FinishedRecord("convnet", 3);
  record.set_status(static_cast<proto::RunRecord::Status>(7));
  EXPECT_THAT(
      ComputeStudyStatistics({record}),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("round 3 of convnet in study test_study has status "
                         "7, which")));
}

TEST(StudyStatisticsTest, ImpossibleErrorsAreErrors) {
  for (const int64_t wrong : {-1, 1001}) {
    EXPECT_THAT(ComputeStudyStatistics({FinishedRecord("convnet", 3, wrong)}),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("round 3 of convnet in study test_study "
                                   "has ")));
  }
}

}  // namespace
}  // namespace minidl
