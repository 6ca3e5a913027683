#ifndef MINIDL_BENCHMARKS_OUR_TRAINING_H_
#define MINIDL_BENCHMARKS_OUR_TRAINING_H_

#include "benchmarks/training_result.h"
#include "benchmarks/workloads.h"

namespace minidl {

// Trains the workload's networks, from weights drawn anew, by this framework's
// modules and training loops. The same every time but for the seconds.
TrainingResult TrainOurs(const Workload& workload);

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_OUR_TRAINING_H_
