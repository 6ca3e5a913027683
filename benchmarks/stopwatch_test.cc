#include "benchmarks/stopwatch.h"

#include <chrono>
#include <thread>

#include "gtest/gtest.h"

namespace minidl {
namespace {

TEST(StopwatchTest, SleepingTakesTimeButNoProcessor) {
  const Stopwatch stopwatch;
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_GE(stopwatch.WallSeconds(), 0.05);
  EXPECT_LT(stopwatch.CpuSeconds(), 0.04);
}

TEST(StopwatchTest, CountsTheProcessorTimeOfOtherThreads) {
  const Stopwatch stopwatch;
  std::thread other([] {
    const Stopwatch own;
    while (own.CpuSeconds() < 0.02) {
    }
  });
  other.join();
  EXPECT_GE(stopwatch.CpuSeconds(), 0.02);
}

}  // namespace
}  // namespace minidl
