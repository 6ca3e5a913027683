#ifndef MINIDL_BENCHMARKS_MEASURE_TRAINING_H_
#define MINIDL_BENCHMARKS_MEASURE_TRAINING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/workloads.h"

namespace minidl {

// What --workloads names beside the workloads: how LeNet's time grows.
inline constexpr char kScale[] = "scale";

struct MeasureTrainingOptions {
  std::vector<std::string> workloads;  // Of WorkloadNames(), or kScale.
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
