#include "tools/record_metrics.h"

#include <optional>
#include <string>
#include <vector>

#include "proto/run_record.pb.h"
#include "records/run_status.h"
#include "statistics/error_rate.h"

namespace minidl {
namespace {

void AddError(const std::string& name, const proto::ErrorCount& count,
              std::vector<Metric>& metrics) {
  const std::optional<double> percent = ErrorPercent(count);
  if (percent.has_value()) metrics.push_back({name, *percent});
}

}  // namespace

std::vector<Metric> EpochMetrics(const proto::Epoch& epoch) {
  std::vector<Metric> metrics = {{"loss", epoch.loss()},
                                 {"comparison_loss", epoch.comparison_loss()},
                                 {"auxiliary_loss", epoch.auxiliary_loss()}};
  AddError("running_train_error", epoch.train(), metrics);
  AddError("running_train_digit_error", epoch.train_digits(), metrics);
  AddError("test_error", epoch.test(), metrics);
  AddError("test_digit_error", epoch.test_digits(), metrics);
  return metrics;
}

std::vector<Metric> RoundMetrics(const proto::RunRecord& record) {
  const bool finished = record.status() == proto::RunRecord::FINISHED;
  std::vector<Metric> metrics = {
      {"finished", finished ? 1.0 : 0.0},
      {"diverged", record.status() == proto::RunRecord::DIVERGED ? 1.0 : 0.0},
      {"at_chance", IsAtChance(record) ? 1.0 : 0.0},
      {"parameters", static_cast<double>(record.parameter_count())},
      {"train_pairs", static_cast<double>(record.train_pairs())},
      {"test_pairs", static_cast<double>(record.test_pairs())}};
  const proto::Errors& errors = record.errors();
  AddError("train_error", errors.train(), metrics);
  AddError("test_error", errors.test(), metrics);
  AddError("train_digit_error", errors.train_digits(), metrics);
  AddError("test_digit_error", errors.test_digits(), metrics);
  if (!finished) {
    metrics.push_back(
        {"stopped_epoch", static_cast<double>(record.stopped_epoch())});
    metrics.push_back(
        {"stopped_step", static_cast<double>(record.stopped_step())});
  }
  if (record.has_stopped_loss()) {
    metrics.push_back({"stopped_loss", record.stopped_loss()});
  }
  if (record.has_environment()) {
    metrics.push_back(
        {"training_seconds", record.environment().training_seconds()});
  }
  return metrics;
}

}  // namespace minidl
