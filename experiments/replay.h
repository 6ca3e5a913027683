#ifndef MINIDL_EXPERIMENTS_REPLAY_H_
#define MINIDL_EXPERIMENTS_REPLAY_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"

namespace minidl {

// A round to run again.
struct ReplayRound {
  proto::Configuration configuration;
  int round = 0;  // From 0.
  // Which of the records it left: several if copies of one are there.
  std::vector<size_t> records;
};

// InvalidArgument "training.epochs is 0; expected at least 1" if the round that
// `record` tells of cannot be run.
absl::Status CheckReplay(const proto::RunRecord& record);

// The rounds that left `records`, from what these say alone, in the order of
// their first records. CheckReplay has accepted each.
std::vector<ReplayRound> PlanReplay(absl::Span<const proto::RunRecord> records);

// Runs `rounds` on `jobs` threads, and hands each and the record that it left
// now to `take` as it ends; never two at the same time. `mnist_dir` is as in
// DataSetDirectory. Stops early if `cancelled` becomes true: Cancelled. Stops
// also at the first error of a round or of `take`, which it returns and makes
// `cancelled` true for. jobs >= 1.
absl::Status RunReplay(
    absl::Span<const ReplayRound> rounds, const std::string& mnist_dir,
    int jobs, std::atomic<bool>& cancelled,
    const std::function<absl::Status(const ReplayRound& round,
                                     const proto::RunRecord& record)>& take);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_REPLAY_H_
