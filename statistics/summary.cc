#include "statistics/summary.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "proto/run_record.pb.h"
#include "statistics/comparability.h"
#include "statistics/distinct_records.h"
#include "statistics/error_rate.h"
#include "statistics/moments.h"

namespace minidl {
namespace {

using RecordPointers = std::vector<const proto::RunRecord*>;

absl::Status CheckStatus(const proto::RunRecord& record) {
  if (record.status() == proto::RunRecord::FINISHED ||
      record.status() == proto::RunRecord::DIVERGED ||
      record.status() == proto::RunRecord::INTERRUPTED) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "round ", record.round(), " of ", record.architecture().name(),
      " in study ", record.study_name(), " has status ",
      static_cast<int>(record.status()), ", which this program does not know"));
}

std::optional<double> TrainingSeconds(const proto::RunRecord& record) {
  if (!record.has_environment()) return std::nullopt;
  return record.environment().training_seconds();
}

// The moments of a figure of `records`. A note if only some of them have it.
std::optional<Moments> FigureMoments(
    const RecordPointers& records, absl::string_view figure_name,
    std::optional<double> (*figure)(const proto::RunRecord&),
    std::vector<std::string>* notes) {
  std::vector<double> values;
  for (const proto::RunRecord* record : records) {
    const std::optional<double> value = figure(*record);
    if (value.has_value()) values.push_back(*value);
  }
  if (values.empty()) return std::nullopt;
  if (values.size() < records.size()) {
    notes->push_back(
        absl::StrCat("incomplete: ", records.front()->architecture().name(),
                     " has a ", figure_name, " in ", values.size(), " of ",
                     records.size(), " finished rounds"));
  }
  return ComputeMoments(values);
}

ArchitectureSummary SummarizeArchitecture(const RecordPointers& records,
                                          std::vector<std::string>* notes) {
  RecordPointers finished;
  bool same_parameter_count = true;
  for (const proto::RunRecord* record : records) {
    if (record->status() == proto::RunRecord::FINISHED) {
      finished.push_back(record);
    }
    same_parameter_count &=
        record->parameter_count() == records.front()->parameter_count();
  }

  ArchitectureSummary summary;
  summary.name = records.front()->architecture().name();
  summary.rounds = static_cast<int64_t>(records.size());
  summary.finished = static_cast<int64_t>(finished.size());
  summary.diverged =
      std::count_if(records.begin(), records.end(), [](const auto* record) {
        return record->status() == proto::RunRecord::DIVERGED;
      });
  if (same_parameter_count) {
    summary.parameter_count = records.front()->parameter_count();
  }
  using proto::RunRecord;
  summary.test_error = FigureMoments(
      finished, "test error",
      [](const RunRecord& r) { return ErrorPercent(r.errors().test()); },
      notes);
  summary.train_error = FigureMoments(
      finished, "train error",
      [](const RunRecord& r) { return ErrorPercent(r.errors().train()); },
      notes);
  summary.digit_error = FigureMoments(
      finished, "digit error",
      [](const RunRecord& r) { return ErrorPercent(r.errors().test_digits()); },
      notes);
  summary.training_seconds =
      FigureMoments(finished, "training time", TrainingSeconds, notes);
  return summary;
}

}  // namespace

absl::StatusOr<Summary> Summarize(absl::Span<const proto::RunRecord> records,
                                  absl::Span<const std::string> order) {
  for (const proto::RunRecord& record : records) {
    MINIDL_RETURN_IF_ERROR(CheckStatus(record));
  }
  MINIDL_ASSIGN_OR_RETURN(const DistinctRecords distinct,
                          FindDistinctRecords(records));
  std::map<std::string, RecordPointers> groups;
  for (const proto::RunRecord* record : distinct.records) {
    groups[record->architecture().name()].push_back(record);
  }

  Summary summary;
  for (const auto& [name, group] : groups) {
    summary.architectures.push_back(
        SummarizeArchitecture(group, &summary.notes));
  }
  const auto rank = [order](const ArchitectureSummary& architecture) {
    return std::find(order.begin(), order.end(), architecture.name) -
           order.begin();
  };
  std::stable_sort(
      summary.architectures.begin(), summary.architectures.end(),
      [&rank](const ArchitectureSummary& a, const ArchitectureSummary& b) {
        return rank(a) < rank(b);
      });

  for (std::string& note : ComparabilityNotes(distinct.records)) {
    summary.notes.push_back(std::move(note));
  }
  if (distinct.duplicates > 0) {
    summary.notes.push_back(absl::StrCat(
        "repeated: ", distinct.duplicates,
        distinct.duplicates == 1 ? " record is" : " records are",
        " there already, with the same contents, and not counted again"));
  }
  return summary;
}

}  // namespace minidl
