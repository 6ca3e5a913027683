#include "benchmarks/training_result.h"

#include <thread>
#include <vector>

#include "absl/types/span.h"
#include "base/check.h"
#include "benchmarks/stopwatch.h"

namespace minidl {

TrainingResult TimeTrainings(absl::Span<const Training> trainings) {
  MINIDL_CHECK(!trainings.empty(), "TimeTrainings: nothing to time");
  TrainingResult result;
  const Stopwatch stopwatch;
  std::vector<std::thread> others;
  for (const Training& training : trainings.subspan(1)) {
    others.emplace_back(training);
  }
  result.losses = trainings[0]();
  for (std::thread& thread : others) thread.join();
  result.cpu_seconds = stopwatch.CpuSeconds();
  result.wall_seconds = stopwatch.WallSeconds();
  return result;
}

}  // namespace minidl
