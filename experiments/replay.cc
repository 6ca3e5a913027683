#include "experiments/replay.h"

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/check_field.h"
#include "base/status_macros.h"
#include "data/data_set_directory.h"
#include "data/mnist.h"
#include "experiments/configuration.h"
#include "experiments/run_tasks.h"
#include "experiments/study.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"

namespace minidl {
namespace {

// Equal for records of the same round.
std::pair<std::string, int> KeyOf(const proto::RunRecord& record) {
  return {ConfigurationOf(record).SerializeAsString(), record.round()};
}

}  // namespace

absl::Status CheckReplay(const proto::RunRecord& record) {
  if (record.round() < 0) {
    return FieldError("round", record.round(), "at least 0");
  }
  return ValidateConfiguration(ConfigurationOf(record));
}

std::vector<ReplayRound> PlanReplay(
    absl::Span<const proto::RunRecord> records) {
  std::vector<ReplayRound> rounds;
  std::map<std::pair<std::string, int>, size_t> known;
  for (size_t i = 0; i < records.size(); ++i) {
    const auto [place, is_new] =
        known.emplace(KeyOf(records[i]), rounds.size());
    if (is_new) {
      rounds.push_back({ConfigurationOf(records[i]), records[i].round(), {}});
    }
    rounds[place->second].records.push_back(i);
  }
  return rounds;
}

absl::Status RunReplay(
    absl::Span<const ReplayRound> rounds, const std::string& mnist_dir,
    int jobs, std::atomic<bool>& cancelled,
    const std::function<absl::Status(const ReplayRound& round,
                                     const proto::RunRecord& record)>& take) {
  // One data set after the other: each in memory for as long as it is needed.
  std::map<std::string, Study> studies;
  std::map<std::string, std::vector<Task>> tasks;
  std::map<std::pair<std::string, int>, const ReplayRound*> rounds_by_key;
  for (const ReplayRound& round : rounds) {
    const std::string& data_set = round.configuration.data_set();
    std::vector<proto::Configuration>& configurations =
        studies[data_set].configurations;
    tasks[data_set].push_back(
        {static_cast<int>(configurations.size()), round.round});
    configurations.push_back(round.configuration);
    rounds_by_key[{round.configuration.SerializeAsString(), round.round}] =
        &round;
  }
  for (const auto& [data_set, study] : studies) {
    MINIDL_ASSIGN_OR_RETURN(const std::string directory,
                            DataSetDirectory(data_set, mnist_dir));
    MINIDL_ASSIGN_OR_RETURN(const Mnist mnist, LoadMnist(directory));
    MINIDL_RETURN_IF_ERROR(
        RunTasks(mnist, study, tasks[data_set], jobs, cancelled,
                 [&](const proto::RunRecord& record) {
                   if (record.status() == proto::RunRecord::INTERRUPTED) {
                     return absl::OkStatus();
                   }
                   return take(*rounds_by_key.at(KeyOf(record)), record);
                 }));
  }
  return absl::OkStatus();
}

}  // namespace minidl
