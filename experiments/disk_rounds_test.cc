#include "experiments/disk_rounds.h"

#include <string>

#include "absl/status/status.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "records/record_file_testutil.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

DiskRoundsOptions SmallOptions() {
  DiskRoundsOptions options;
  options.training.points = 100;
  options.training.epochs = 2;
  return options;
}

TEST(DescribeDiskErrorsTest, OneRound) {
  EXPECT_EQ(DescribeDiskErrors(1, {0.125}, {0.9}),
            "train error: 0.12%\ntest error: 0.90%\n");
}

// The deviations of {0, 1, 2} and of {0.5, 0.5, 2}: 1 and sqrt(3)/2.
TEST(DescribeDiskErrorsTest, SeveralRounds) {
  EXPECT_EQ(DescribeDiskErrors(4, {0, 1, 2}, {0.5, 0.5, 2}),
            "mean ± standard deviation (n-1) of 3 of 4 rounds:\n"
            "train error: 1.00% ± 1.00%\ntest error: 1.00% ± 0.87%\n");
}

TEST(DescribeDiskErrorsTest, OneOfSeveralRoundsHasNoDeviation) {
  EXPECT_EQ(DescribeDiskErrors(2, {0}, {1}),
            "mean ± standard deviation (n-1) of 1 of 2 rounds:\n"
            "train error: 0.00% ± n/a\ntest error: 1.00% ± n/a\n");
}

TEST(RunDiskRoundsTest, EveryRoundHasItsSeed) {
  DiskRoundsOptions options = SmallOptions();
  options.rounds = 3;
  options.training.seed = 5;
  testing::internal::CaptureStdout();
  EXPECT_THAT(RunDiskRounds(options), IsOk());
  const std::string three = testing::internal::GetCapturedStdout();
  options.rounds = 2;
  options.training.seed = 6;
  testing::internal::CaptureStdout();
  EXPECT_THAT(RunDiskRounds(options), IsOk());
  const std::string two = testing::internal::GetCapturedStdout();
  const std::string rounds_6_and_7 = two.substr(0, two.find("mean"));
  EXPECT_THAT(three, HasSubstr("seed 5: loss "));
  EXPECT_THAT(three, HasSubstr(rounds_6_and_7 + "mean"));
}

TEST(RunDiskRoundsTest, DivergedRoundsAreNamedAndCounted) {
  DiskRoundsOptions options = SmallOptions();
  options.training.learning_rate = 1e6;
  options.rounds = 2;
  options.plot = TestFile("page.html");
  testing::internal::CaptureStdout();
  EXPECT_THAT(RunDiskRounds(options), StatusIs(absl::StatusCode::kOutOfRange,
                                               HasSubstr("all 2 rounds")));
  const std::string printed = testing::internal::GetCapturedStdout();
  EXPECT_THAT(printed,
              HasSubstr("seed 1: training diverged: the loss of epoch 1 is "));
  EXPECT_THAT(printed, Not(HasSubstr("test error")));
  EXPECT_THAT(ReadFile(options.plot),
              IsOkAndHolds(HasSubstr("\"seed\":\"1\"")));
}

TEST(RunDiskRoundsTest, MistakesAreFoundBeforeAnyWork) {
  const auto expect_mistake = [](const DiskRoundsOptions& options,
                                 absl::StatusCode code,
                                 const std::string& message) {
    testing::internal::CaptureStdout();
    EXPECT_THAT(RunDiskRounds(options), StatusIs(code, HasSubstr(message)));
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  };
  DiskRoundsOptions options = SmallOptions();
  options.rounds = 0;
  expect_mistake(options, absl::StatusCode::kInvalidArgument,
                 "--rounds is 0; expected at least 1");
  options = SmallOptions();
  options.log_every = 0;
  expect_mistake(options, absl::StatusCode::kInvalidArgument,
                 "--log_every is 0");
  options = SmallOptions();
  options.training.epochs = 0;
  expect_mistake(options, absl::StatusCode::kInvalidArgument, "--epochs is 0");
  options = SmallOptions();
  options.rounds = 101;
  options.plot = TestFile("page.html");
  expect_mistake(options, absl::StatusCode::kInvalidArgument,
                 "--rounds is 101; expected at most 100 with --plot");
  options.rounds = 1;
  options.plot = TestFile("no_page.html");
  ASSERT_THAT(WriteFile(options.plot, "mine"), IsOk());
  expect_mistake(options, absl::StatusCode::kAlreadyExists, options.plot);
  EXPECT_THAT(ReadFile(options.plot), IsOkAndHolds("mine"));
}

}  // namespace
}  // namespace minidl
