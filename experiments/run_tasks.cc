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
#include "experiments/configuration.h"
#include "experiments/round.h"
#include "experiments/study.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/message_differencer.h"
#include "proto/model.pb.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"

namespace minidl {
namespace {

using ::google::protobuf::Message;
using ::google::protobuf::util::MessageDifferencer;
using SpecificField = MessageDifferencer::SpecificField;

// Keeps the path of the first field that differs.
class FirstDifference : public MessageDifferencer::Reporter {
 public:
  void ReportAdded(const Message& one, const Message& other,
                   const std::vector<SpecificField>& path) override {
    ReportModified(one, other, path);
  }
  void ReportDeleted(const Message& one, const Message& other,
                     const std::vector<SpecificField>& path) override {
    ReportModified(one, other, path);
  }
  void ReportModified(const Message& /*one*/, const Message& /*other*/,
                      const std::vector<SpecificField>& path) override {
    if (!path_.empty()) return;
    for (const SpecificField& step : path) {
      absl::StrAppend(&path_, path_.empty() ? "" : ".", step.field->name());
      if (step.field->is_repeated()) {
        absl::StrAppend(&path_, "[", std::max(step.index, step.new_index), "]");
      }
    }
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The path of a field in which the two differ; empty if they do not.
std::string FindDifference(const proto::Configuration& a,
                           const proto::Configuration& b) {
  FirstDifference difference;
  MessageDifferencer differencer;
  differencer.ReportDifferencesTo(&difference);
  differencer.Compare(a, b);
  return difference.path();
}

// Which task of `study` left `record`; nullopt if its configuration has not
// been selected. FailedPrecondition if the study's would not leave such a
// record.
absl::StatusOr<std::optional<Task>> TaskOf(const Study& study,
                                           const proto::RunRecord& record) {
  const auto other_study = [&record](absl::string_view what) {
    return absl::FailedPreconditionError(absl::StrCat(
        "it holds round ", record.round(), " of ", record.architecture().name(),
        " of another study: ", what, " differs"));
  };
  const proto::Configuration recorded = ConfigurationOf(record);
  for (size_t i = 0; i < study.configurations.size(); ++i) {
    const proto::Configuration& configuration = study.configurations[i];
    if (configuration.architecture().name() != record.architecture().name()) {
      continue;
    }
    const std::string difference = FindDifference(recorded, configuration);
    if (!difference.empty()) return other_study(difference);
    return Task{static_cast<int>(i), record.round()};
  }
  // All configurations have these of their study.
  if (record.study_name() != study.message.name()) {
    return other_study("study_name");
  }
  if (record.study_seed() != study.message.seed()) {
    return other_study("study_seed");
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::vector<Task>> PlanTasks(
    const Study& study, std::optional<int> only_round,
    absl::Span<const proto::RunRecord> done) {
  std::set<std::pair<int, int>> done_tasks;  // Round and configuration.
  for (const proto::RunRecord& record : done) {
    MINIDL_ASSIGN_OR_RETURN(const std::optional<Task> task,
                            TaskOf(study, record));
    if (record.status() == proto::RunRecord::INTERRUPTED) continue;
    if (task.has_value()) done_tasks.emplace(task->round, task->configuration);
  }
  const int begin = only_round.value_or(0);
  const int end = only_round.has_value() ? begin + 1 : study.message.rounds();
  std::vector<Task> tasks;
  for (int round = begin; round < end; ++round) {
    for (size_t i = 0; i < study.configurations.size(); ++i) {
      const int configuration = static_cast<int>(i);
      if (done_tasks.count({round, configuration}) == 0) {
        tasks.push_back({configuration, round});
      }
    }
  }
  return tasks;
}

absl::Status RunTasks(
    const Mnist& mnist, const Study& study, absl::Span<const Task> tasks,
    int jobs, std::atomic<bool>& cancelled,
    const std::function<absl::Status(const proto::RunRecord&)>& take,
    const std::function<absl::Status(const proto::Model&)>& take_model,
    const std::function<void(const Task&)>& started) {
  MINIDL_CHECK(jobs >= 1, "RunTasks: jobs = ", jobs);
  const int num_threads =
      std::min(jobs, static_cast<int>(std::max<size_t>(1, tasks.size())));
  std::atomic<size_t> next = 0;
  std::mutex mutex;  // Guards the functions and `result`.
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
      if (started) {
        const std::lock_guard<std::mutex> lock(mutex);
        started(tasks[i]);
      }
      proto::Model model;
      absl::StatusOr<proto::RunRecord> record = RunRound(
          mnist,
          study.configurations[static_cast<size_t>(tasks[i].configuration)],
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
