#include "experiments/disk.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/flush_denormals_testutil.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

void IgnoreLog(int /*epoch*/, double /*loss*/) {}

TEST(DiskTest, LearnsTheDisk) {
  DiskOptions options;
  options.epochs = 100;
  std::vector<double> losses;
  const auto result = RunDisk(options, [&losses](int epoch, double loss) {
    losses.push_back(loss);
    EXPECT_EQ(epoch, static_cast<int>(losses.size()));
  });
  ASSERT_THAT(result, IsOk());
  ASSERT_THAT(losses, SizeIs(100));
  EXPECT_LT(losses.back(), losses.front() / 4);
  EXPECT_LT(result->train_error, 0.04);
  EXPECT_LT(result->test_error, 0.05);
}

TEST(DiskTest, BeforeTrainingItGuesses) {
  DiskOptions options;
  options.epochs = 1;
  options.learning_rate = 1e-9;
  const auto result = RunDisk(options, IgnoreLog);
  ASSERT_THAT(result, IsOk());
  EXPECT_GT(result->test_error, 0.3);
}

TEST(DiskTest, SeedDecides) {
  const auto first_loss = [](uint64_t seed) {
    DiskOptions options;
    options.seed = seed;
    options.epochs = 1;
    double first = 0;
    EXPECT_THAT(RunDisk(options,
                        [&first](int /*epoch*/, double loss) { first = loss; }),
                IsOk());
    return first;
  };
  EXPECT_EQ(first_loss(1), first_loss(1));
  EXPECT_NE(first_loss(1), first_loss(2));
}

TEST(DiskTest, DenormalsAreZeroInTraining) {
  DiskOptions options;
  options.epochs = 1;
  bool flushed = false;
  ASSERT_THAT(RunDisk(options,
                      [&flushed](int /*epoch*/, double /*loss*/) {
                        flushed = FlushesResults() && FlushesOperands();
                      }),
              IsOk());
  EXPECT_TRUE(flushed);
  EXPECT_FALSE(FlushesResults());
}

TEST(DiskTest, DivergenceIsAnErrorWithItsEpoch) {
  DiskOptions options;
  options.learning_rate = 1e6;
  EXPECT_THAT(
      RunDisk(options, IgnoreLog),
      StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("of epoch 1 ")));
}

TEST(DiskTest, OptionsAreChecked) {
  const auto expect_mistake = [](const DiskOptions& options,
                                 const std::string& message) {
    EXPECT_THAT(
        RunDisk(options, IgnoreLog),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  DiskOptions options;
  options.points = 1;
  expect_mistake(options, "--points is 1; expected at least 2");
  options = {};
  options.epochs = 0;
  expect_mistake(options, "--epochs is 0");
  options = {};
  options.batch_size = 1001;
  expect_mistake(options, "--batch_size is 1001; expected 1 to --points, 1000");
  options = {};
  options.learning_rate = std::numeric_limits<double>::quiet_NaN();
  expect_mistake(options, "--learning_rate is nan");
  options = {};
  options.momentum = 1;
  expect_mistake(options, "--momentum is 1");
}

}  // namespace
}  // namespace minidl
