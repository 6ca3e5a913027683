#include "experiments/disk.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "data/disk_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/flush_denormals_testutil.h"
#include "tensor/tensor.h"

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

// However it is trained: the loss of guessing is 1.
TEST(DiskTest, EveryChoiceLearns) {
  const auto expect_learning = [](DiskOptions options) {
    options.epochs = 60;
    double last = 0;
    EXPECT_THAT(
        RunDisk(options, [&last](int /*epoch*/, double loss) { last = loss; }),
        IsOk());
    EXPECT_LT(last, 0.8) << DescribeDiskTraining(options);
  };
  DiskOptions options;
  for (const char* activation :
       {"relu", "leaky_relu", "gelu", "tanh", "sigmoid"}) {
    options.activation = activation;
    options.optimizer = "adam";
    expect_learning(options);
  }
  options.activation = "tanh";
  for (const char* optimizer : {"sgd", "adam", "adamw", "rmsprop"}) {
    options.optimizer = optimizer;
    for (const char* schedule : {"one_cycle", "cosine", "constant"}) {
      options.schedule = schedule;
      expect_learning(options);
    }
  }
}

TEST(DiskTest, ErrorsAreOfTheNetworksAnswers) {
  DiskOptions options;
  options.points = 200;
  options.epochs = 10;
  const auto round = RunDisk(options, IgnoreLog);
  ASSERT_THAT(round, IsOk());
  const auto error = [&round](const DiskSet& set) {
    const Tensor<int64_t> answers = DiskAnswers(set.points, *round->network);
    int wrong = 0;
    for (int64_t i = 0; i < 200; ++i) {
      if (answers(i) != set.labels(i)) ++wrong;
    }
    return wrong / 200.0;
  };
  EXPECT_EQ(round->train_error, error(round->train));
  EXPECT_EQ(round->test_error, error(round->test));
  EXPECT_GT(round->test_error, 0);
}

TEST(DiskTest, TrainingInWords) {
  DiskOptions options;
  options.activation = "relu";
  options.momentum = 0.9;
  options.learning_rate = 0.25;
  options.epochs = 3;
  options.batch_size = 30;
  EXPECT_EQ(
      DescribeDiskTraining(options),
      "relu, sgd at a learning rate of 0.25 and a momentum of 0.9, "
      "weight decay 0.0001, one_cycle, 3 epochs in batches of 30, 1000 points");
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
  options.points = 0;
  expect_mistake(options, "--points is 0; expected 1 to 10000000");
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
  options = {};
  options.momentum = 0.9;
  options.optimizer = "adam";
  expect_mistake(options,
                 "--momentum is 0.9; expected none with --optimizer=adam");
  options = {};
  options.weight_decay = -1;
  expect_mistake(options, "--weight_decay is -1; expected at least 0");
  options = {};
  options.activation = "Tanh";
  expect_mistake(options, "--activation is Tanh; expected relu, ");
  options = {};
  options.optimizer = "";
  expect_mistake(options, "--optimizer is ; expected sgd, adam");
  options = {};
  options.schedule = "step";
  expect_mistake(options,
                 "--schedule is step; expected one_cycle, cosine, constant");
}

}  // namespace
}  // namespace minidl
