#ifndef MINIDL_EXPERIMENTS_ESTIMATE_ROUND_H_
#define MINIDL_EXPERIMENTS_ESTIMATE_ROUND_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "data/mnist.h"
#include "proto/study.pb.h"

namespace minidl {

// What a round will take.
struct RoundEstimate {
  double seconds = 0;  // On one thread: training, evaluation and all else.
  int64_t parameter_count = 0;
};

// From the time that a few training steps take now, on this machine, and the
// evaluation of a few pairs. Takes about as long as 60 steps, or as five if
// they are long. ValidateConfiguration has accepted the configuration, and
// `mnist` has the images for it.
absl::StatusOr<RoundEstimate> EstimateRound(
    const Mnist& mnist, const proto::Configuration& configuration);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_ESTIMATE_ROUND_H_
