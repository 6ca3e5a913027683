// Rounds of the default study against PyTorch's, from the same seeds: the same
// pairs and initial values in the same batches, with the same elements dropped.

#include <atomic>
#include <cmath>
#include <numeric>
#include <vector>

#include "absl/status/statusor.h"
#include "experiments/configuration.h"
#include "experiments/round.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "tests/parity/first_losses.h"
#include "tests/parity/golden.h"
#include "tests/parity/parity.pb.h"

namespace minidl {
namespace {

using ::testing::Pointwise;

class FirstStepsParityTest : public testing::TestWithParam<GoldenCase> {};

TEST_P(FirstStepsParityTest, Losses) {
  const parity::PairTrainingCase& c = GetParam().message.pair_training();
  const std::vector<double> losses = FirstLosses(
      LoadArchitecture(c.architecture_file()), c.round(), c.steps());
  EXPECT_EQ(losses.size(), 50u);
  for (const char* name : {"losses", "losses_in_float"}) {
    EXPECT_THAT(losses, Pointwise(IsRelativelyNear(1e-5),
                                  GetParam().Array(name).values()))
        << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Training, FirstStepsParityTest,
                         testing::ValuesIn(LoadGolden("training")), CaseName());

class FinalErrorParityTest : public testing::TestWithParam<GoldenCase> {};

TEST_P(FinalErrorParityTest, IsAmongThoseOfOtherRoundings) {
  const parity::FinalErrorCase& c = GetParam().message.final_error();
  const std::atomic<bool> never(false);
  const absl::StatusOr<proto::RunRecord> record =
      RunRound(SharedMnist(),
               MakeConfiguration(DefaultStudy(),
                                 LoadArchitecture(c.architecture_file())),
               c.round(), never);
  ASSERT_TRUE(record.ok()) << record.status();

  // What a round does is what FirstLosses did.
  const auto& losses = GetParam().Array("losses_of_epochs").values();
  for (int epoch = 0; epoch < losses.size(); ++epoch) {
    EXPECT_NEAR(record->epochs(epoch).loss() / losses[epoch], 1, 1e-5) << epoch;
  }

  const auto& wrong = GetParam().Array("wrong").values();
  const auto count = static_cast<double>(wrong.size());
  EXPECT_EQ(count, 20);
  const double mean = std::accumulate(wrong.begin(), wrong.end(), 0.0) / count;
  double squares = 0;
  for (const double w : wrong) squares += (w - mean) * (w - mean);
  const double deviation = std::sqrt(squares / (count - 1));
  // What one more run exceeds in one of 1,000 cases: Student's t with 19
  // degrees of freedom, scipy.stats.t.ppf(1 - 0.0005, 19), in a prediction
  // interval.
  const double spread = 3.8834 * deviation * std::sqrt(1 + 1 / count);
  EXPECT_NEAR(record->errors().test().wrong(), mean, spread);
}

INSTANTIATE_TEST_SUITE_P(Training, FinalErrorParityTest,
                         testing::ValuesIn(LoadGolden("final_errors")),
                         CaseName());

}  // namespace
}  // namespace minidl
