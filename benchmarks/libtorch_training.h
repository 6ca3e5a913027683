#ifndef MINIDL_BENCHMARKS_LIBTORCH_TRAINING_H_
#define MINIDL_BENCHMARKS_LIBTORCH_TRAINING_H_

#include "benchmarks/training_result.h"
#include "benchmarks/workloads.h"

namespace minidl {

// How LibTorch is used: by its modules, autograd and optimizers in any case.
enum class LibTorchUse {
  // As its documentation shows.
  kPlain,
  // With weights and images channels-last, which its convolutions are faster
  // with. What else helps is to be found in LibTorchEnvironment.
  kTuned,
};

// Trains the same networks as TrainOurs, from the same weights, on the same
// batches in the same order, by LibTorch, with one core for each training.
TrainingResult TrainLibTorch(const Workload& workload, LibTorchUse use);

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_LIBTORCH_TRAINING_H_
