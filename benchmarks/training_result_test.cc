#include "benchmarks/training_result.h"

#include <atomic>
#include <vector>

#include "benchmarks/stopwatch.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(TimeTrainingsTest, RunsAllAtTheSameTimeAndKeepsTheFirstLosses) {
  // Each waits until all have started.
  std::atomic<int> started = 0;
  const auto training = [&started](double loss) {
    return [&started, loss] {
      ++started;
      while (started < 3) {
      }
      return std::vector<double>{loss, loss / 2};
    };
  };
  const TrainingResult result =
      TimeTrainings({training(4), training(5), training(6)});
  EXPECT_EQ(started, 3);
  EXPECT_THAT(result.losses, testing::ElementsAre(4, 2));
}

TEST(TimeTrainingsTest, CountsTheProcessorTimeOfAllThreads) {
  const Training training = [] {
    const Stopwatch stopwatch;
    // Processor time of both threads together.
    while (stopwatch.CpuSeconds() < 0.02) {
    }
    return std::vector<double>{1};
  };
  const TrainingResult result = TimeTrainings({training, training});
  EXPECT_GE(result.cpu_seconds, 0.02);
  EXPECT_GT(result.wall_seconds, 0);
}

}  // namespace
}  // namespace minidl
