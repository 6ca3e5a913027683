#ifndef MINIDL_BENCHMARKS_TRAINING_RESULT_H_
#define MINIDL_BENCHMARKS_TRAINING_RESULT_H_

#include <functional>
#include <vector>

#include "absl/types/span.h"

namespace minidl {

// What a training took and how far it got.
struct TrainingResult {
  double cpu_seconds = 0;  // Of all threads.
  double wall_seconds = 0;
  std::vector<double> losses;  // The mean of each epoch, by the first thread.
};

// A training that is ready to start; it returns the mean loss of each epoch.
using Training = std::function<std::vector<double>()>;

// Runs `trainings`, one at least, each on a thread of its own.
TrainingResult TimeTrainings(absl::Span<const Training> trainings);

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_TRAINING_RESULT_H_
