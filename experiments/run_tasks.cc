#include "experiments/run_tasks.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "data/mnist.h"
#include "experiments/round.h"
#include "experiments/study.h"
#include "google/protobuf/util/message_differencer.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"

namespace minidl {
namespace {

using ::google::protobuf::util::MessageDifferencer;

// Which task of `study` left `record`; nullopt if its architecture has not been
// selected. FailedPrecondition if the study's would not leave such a record.
absl::StatusOr<std::optional<Task>> TaskOf(const Study& study,
                                           const proto::RunRecord& record) {
  const auto other_study = [&record](absl::string_view what) {
    return absl::FailedPreconditionError(absl::StrCat(
        "it holds round ", record.round(), " of ", record.architecture().name(),
        " of another study: ", what, " differs"));
  };
  if (record.study_name() != study.message.name()) return other_study("name");
  if (record.study_seed() != study.message.seed()) return other_study("seed");
  if (record.train_pairs() != study.message.train_pairs() ||
      record.test_pairs() != study.message.test_pairs()) {
    return other_study("the number of pairs");
  }
  if (!MessageDifferencer::Equals(record.training(),
                                  study.message.training())) {
    return other_study("training");
  }
  for (size_t i = 0; i < study.architectures.size(); ++i) {
    const proto::Architecture& architecture = study.architectures[i];
    if (record.architecture().name() != architecture.name()) continue;
    if (!MessageDifferencer::Equals(record.architecture(), architecture)) {
      return other_study("the architecture");
    }
    return Task{static_cast<int>(i), record.round()};
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::vector<Task>> PlanTasks(
    const Study& study, std::optional<int> only_round,
    absl::Span<const proto::RunRecord> done) {
  std::set<std::pair<int, int>> done_tasks;  // Round and architecture.
  for (const proto::RunRecord& record : done) {
    MINIDL_ASSIGN_OR_RETURN(const std::optional<Task> task,
                            TaskOf(study, record));
    if (record.status() == proto::RunRecord::INTERRUPTED) continue;
    if (task.has_value()) done_tasks.emplace(task->round, task->architecture);
  }
  const int begin = only_round.value_or(0);
  const int end = only_round.has_value() ? begin + 1 : study.message.rounds();
  std::vector<Task> tasks;
  for (int round = begin; round < end; ++round) {
    for (size_t i = 0; i < study.architectures.size(); ++i) {
      const int architecture = static_cast<int>(i);
      if (done_tasks.count({round, architecture}) == 0) {
        tasks.push_back({architecture, round});
      }
    }
  }
  return tasks;
}

absl::Status RunTasks(
    const Mnist& mnist, const Study& study, absl::Span<const Task> tasks,
    int jobs, std::atomic<bool>& cancelled,
    const std::function<absl::Status(const proto::RunRecord&)>& take,
    const std::function<absl::Status(const proto::Model&)>& take_model) {
  MINIDL_CHECK(jobs >= 1, "RunTasks: jobs = ", jobs);
  const int num_threads =
      std::min(jobs, static_cast<int>(std::max<size_t>(1, tasks.size())));
  std::atomic<size_t> next = 0;
  std::mutex mutex;  // Guards `take` and `result`.
  absl::Status result;
  const auto hand_over = [&](const proto::RunRecord& record,
                             const proto::Model& model) {
    absl::Status taken;
    if (take_model && record.status() == proto::RunRecord::FINISHED) {
      taken = take_model(model);
    }
    taken.Update(take(record));
    return taken;
  };
  const auto work = [&] {
    while (!cancelled) {
      const size_t i = next++;
      if (i >= tasks.size()) return;
      proto::Model model;
      absl::StatusOr<proto::RunRecord> record = RunRound(
          mnist, study.message,
          study.architectures[static_cast<size_t>(tasks[i].architecture)],
          tasks[i].round, cancelled, take_model ? &model : nullptr);
      if (record.ok()) record->mutable_environment()->set_jobs(num_threads);
      const std::lock_guard<std::mutex> lock(mutex);
      if (!result.ok()) return;
      result = record.ok() ? hand_over(*record, model) : record.status();
      if (!result.ok()) cancelled = true;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < num_threads; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  if (result.ok() && cancelled) {
    return absl::CancelledError("interrupted");
  }
  return result;
}

}  // namespace minidl
