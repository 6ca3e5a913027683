#ifndef MINIDL_EXPERIMENTS_ROUND_H_
#define MINIDL_EXPERIMENTS_ROUND_H_

#include <atomic>

#include "absl/status/statusor.h"
#include "data/mnist.h"
#include "proto/model.pb.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"

namespace minidl {

// Runs round `round`, from 0, of `configuration`: draws pairs and initial
// weights anew, trains, and evaluates what the last epoch left. `mnist` holds
// the images of the configuration's data set. The record depends on the
// arguments alone, not on the thread, but for its `environment`, in which
// `jobs` is left to the caller. A diverged round is a record too (RunRecord's
// Divergence has the kinds), and so, if `cancelled` becomes true while it
// trains, is an interrupted one.
//
// Where `model` is not null and the round finishes, it becomes the trained
// network, ready for WriteModelFile, without an optimizer's state. The record
// is the same.
//
// InvalidArgument if `mnist` has too few images for the configuration's pairs.
// ValidateConfiguration has accepted the configuration.
absl::StatusOr<proto::RunRecord> RunRound(
    const Mnist& mnist, const proto::Configuration& configuration, int round,
    const std::atomic<bool>& cancelled, proto::Model* model = nullptr);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_ROUND_H_
