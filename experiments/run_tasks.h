#ifndef MINIDL_EXPERIMENTS_RUN_TASKS_H_
#define MINIDL_EXPERIMENTS_RUN_TASKS_H_

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "data/mnist.h"
#include "experiments/study.h"
#include "proto/model.pb.h"
#include "proto/run_record.pb.h"

namespace minidl {

// One round of one of a study's configurations.
struct Task {
  int configuration;  // Its index in Study::configurations.
  int round;          // From 0.

  friend bool operator==(const Task& a, const Task& b) {
    return a.configuration == b.configuration && a.round == b.round;
  }
};

// What is to do for a study, round by round, so that an interrupted run leaves
// whole comparisons: all its rounds, or `only_round` alone, without the tasks
// that `done` holds a record of, unless it is of an interruption.
// FailedPrecondition, with the reason, if a record in `done` is not of this
// study.
absl::StatusOr<std::vector<Task>> PlanTasks(
    const Study& study, std::optional<int> only_round,
    absl::Span<const proto::RunRecord> done);

// Runs `tasks` on `jobs` threads, and hands each record to `take` as it comes;
// `started`, where it is there, is told of each task before. Never are two of
// these called at the same time. Where `take_model` is there, the trained
// network of a finished round (see RunRound) is handed to it before the record,
// which is not lost if that fails. Stops early if `cancelled` becomes true:
// Cancelled, after records of the interrupted rounds. Stops also, without
// those, at the first error of a round or of the two, which it returns and
// makes `cancelled` true for. jobs >= 1.
absl::Status RunTasks(
    const Mnist& mnist, const Study& study, absl::Span<const Task> tasks,
    int jobs, std::atomic<bool>& cancelled,
    const std::function<absl::Status(const proto::RunRecord&)>& take,
    const std::function<absl::Status(const proto::Model&)>& take_model = {},
    const std::function<void(const Task&)>& started = {});

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_RUN_TASKS_H_
