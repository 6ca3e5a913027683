#ifndef MINIDL_BENCHMARKS_MEASURE_TRAINING_H_
#define MINIDL_BENCHMARKS_MEASURE_TRAINING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/workloads.h"

namespace minidl {

struct MeasureTrainingOptions {
  std::vector<std::string> workloads;  // Of WorkloadNames().
  bool scale = false;  // Whether to measure how LeNet's time grows.
  int repetitions = 5;
  WorkloadOptions workload_options;
};

// Trains every workload several times, and prints to stdout medians of the
// seconds, what share that is of what the processor can compute, the memory and
// the final loss; progress goes to stderr. InvalidArgument, before any work,
// for names and options that mean nothing.
absl::Status MeasureTraining(const MeasureTrainingOptions& options);

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_MEASURE_TRAINING_H_
