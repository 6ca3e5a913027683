#include "benchmarks/versus.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "benchmarks/training_result.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kVariable[] = "MINIDL_VERSUS_TEST";

// Not a test: what RunThisProgram runs.
TEST(VersusTest, DISABLED_PrintVariable) {
  const char* const value = std::getenv(kVariable);
  std::printf("it is %s", value == nullptr ? "not set" : value);
}
TEST(VersusTest, DISABLED_Fail) { FAIL(); }

TEST(VersusTest, RunsItselfWithArgumentsAndEnvironment) {
  const absl::StatusOr<std::string> output =
      RunThisProgram({"--gtest_also_run_disabled_tests",
                      "--gtest_filter=*DISABLED_PrintVariable"},
                     {std::string(kVariable) + "=here"});
  EXPECT_THAT(output, IsOkAndHolds(AllOf(HasSubstr("it is here"),
                                         Not(HasSubstr("RunsItself")))));
}

TEST(VersusTest, AFailedRunIsAnError) {
  EXPECT_THAT(RunThisProgram({"--gtest_also_run_disabled_tests",
                              "--gtest_filter=*DISABLED_Fail"},
                             {}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("exit code 1")));
}

TEST(VersusTest, ResultsSurviveTheirText) {
  TrainingResult result;
  result.cpu_seconds = 0.1;
  result.wall_seconds = 1.0 / 3;
  result.losses = {0.7, 1e-9};
  const absl::StatusOr<TrainingResult> read =
      ParseResult(FormatResult(result) + "\n");
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->cpu_seconds, 0.1);
  EXPECT_EQ(read->wall_seconds, 1.0 / 3);
  EXPECT_THAT(read->losses, ElementsAre(0.7, 1e-9));
}

TEST(VersusTest, OtherTextIsAnError) {
  for (const char* const text : {"", "1 2", "1 2 three"}) {
    EXPECT_THAT(ParseResult(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text)));
  }
}

TEST(VersusTest, SameTrainings) {
  EXPECT_THAT(CheckSameTraining({1.0, 0.5, 0.1}, {1.009, 0.7, 0.18}), IsOk());
  EXPECT_THAT(CheckSameTraining({1.0}, {0.991}), IsOk());
}

TEST(VersusTest, DifferentTrainings) {
  const auto is_different = [](const char* message) {
    return StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(message));
  };
  EXPECT_THAT(CheckSameTraining({1.0, 0.1}, {1.02, 0.1}),
              is_different("the first epoch are 1 and 1.02"));
  EXPECT_THAT(CheckSameTraining({1.0, 0.1}, {1.0, 0.2}),
              is_different("the last epoch are 0.1 and 0.2"));
  EXPECT_THAT(CheckSameTraining({1.0, 0.1}, {NAN, 0.1}),
              is_different("the first epoch"));
  EXPECT_THAT(CheckSameTraining({1.0, 1.0}, {1.0, 1.0}),
              is_different("that of the last one 1"));
  EXPECT_THAT(CheckSameTraining({1.0, 0.1}, {1.0}),
              is_different("2 and 1 epochs"));
}

}  // namespace
}  // namespace minidl
