#ifndef MINIDL_BENCHMARKS_COMPARE_TRAINING_H_
#define MINIDL_BENCHMARKS_COMPARE_TRAINING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/training_result.h"
#include "benchmarks/workloads.h"

namespace minidl {

struct CompareTrainingOptions {
  std::vector<std::string> workloads;  // Of WorkloadNames().
  int repetitions = 5;
  WorkloadOptions workload_options;
};

// Trains every workload by each of Sides() in turn, several times, every time
// in a process of its own, which is TrainSide, and prints medians and ratios to
// stdout; progress goes to stderr. FailedPrecondition, after the table, if the
// losses tell that the sides did not train the same.
absl::Status CompareTrainings(const CompareTrainingOptions& options);

// Trains by the side of that name alone, once, after a short training that
// warms up. InvalidArgument for a name that there is not.
absl::StatusOr<TrainingResult> TrainSide(const std::string& side,
                                         const Workload& workload);

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_COMPARE_TRAINING_H_
