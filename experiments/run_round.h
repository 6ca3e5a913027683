#ifndef MINIDL_EXPERIMENTS_RUN_ROUND_H_
#define MINIDL_EXPERIMENTS_RUN_ROUND_H_

#include <atomic>
#include <string>

#include "absl/status/status.h"

namespace minidl {

// What the run_round program is asked to do.
struct RunRoundOptions {
  std::string configuration_file;  // A Configuration in text format.
  // As the flag of this name (see DataSetDirectory).
  std::string mnist_dir;
  int round = 0;       // From 0.
  std::string output;  // The record file, which must not exist.
};

// Runs one round of a configuration and writes its record in the reproducible
// form (see docs/RECORDS.md): bytes that depend on the configuration, the
// round, the data set and the code alone. The file appears when it is complete.
//
// InvalidArgument for the options and what their files say; FailedPrecondition
// on a processor without fused multiply-adds, whose bits would be others.
// Cancelled, without a file, if `cancelled` becomes true.
absl::Status WriteRound(const RunRoundOptions& options,
                        const std::atomic<bool>& cancelled);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_RUN_ROUND_H_
