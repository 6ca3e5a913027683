#include "statistics/study_statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "records/run_records.h"
#include "records/run_status.h"
#include "statistics/architecture_group.h"
#include "statistics/architecture_lints.h"
#include "statistics/comparability.h"
#include "statistics/distinct_records.h"
#include "statistics/error_rate.h"
#include "statistics/estimate.h"
#include "statistics/factorial.h"
#include "statistics/family_lints.h"
#include "statistics/intervals.h"
#include "statistics/lint.h"
#include "statistics/moments.h"
#include "statistics/paired_effect.h"
#include "statistics/round_pairing.h"
#include "statistics/rounds.h"
#include "statistics/sentences.h"

namespace minidl {
namespace {

using Groups = absl::Span<const ArchitectureGroup>;

std::string Describe(const proto::RunRecord& record) {
  return absl::StrCat("round ", record.round(), " of ",
                      record.architecture().name(), " in study ",
                      record.study_name());
}

absl::Status CheckRecord(const proto::RunRecord& record) {
  if (record.status() != proto::RunRecord::FINISHED &&
      record.status() != proto::RunRecord::DIVERGED &&
      record.status() != proto::RunRecord::INTERRUPTED) {
    return absl::FailedPreconditionError(absl::StrCat(
        Describe(record), " has status ", static_cast<int>(record.status()),
        ", which this program does not know"));
  }
  const proto::Errors& errors = record.errors();
  for (const proto::ErrorCount& count :
       {errors.test(), errors.train(), errors.test_digits()}) {
    if (count.wrong() < 0 || count.wrong() > count.total()) {
      return absl::FailedPreconditionError(
          absl::StrCat(Describe(record), " has ", count.wrong(),
                       " wrong answers of ", count.total()));
    }
  }
  return absl::OkStatus();
}

// Errors of different data sets are no figures of one thing.
absl::Status CheckDataSets(absl::Span<const proto::RunRecord> records) {
  std::set<std::string> data_sets;
  for (const proto::RunRecord& record : records) {
    data_sets.insert(DataSetOf(record));
  }
  if (data_sets.size() < 2) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the records are of different data sets: ",
                   absl::StrJoin(data_sets, ", "),
                   "; give the files of one data set at a time"));
}

proto::RoundResult ResultOf(const proto::RunRecord& record) {
  proto::RoundResult result;
  *result.mutable_id() = IdOf(record);
  result.set_used(IsUsed(record));
  if (!result.used()) result.set_reason(DescribeStatus(record));
  const proto::Errors& errors = record.errors();
  if (const auto test = ErrorPercent(errors.test())) {
    result.set_test_error(*test);
  }
  if (const auto train = ErrorPercent(errors.train())) {
    result.set_train_error(*train);
  }
  if (const auto digits = ErrorPercent(errors.test_digits())) {
    result.set_digit_error(*digits);
  }
  const double seconds = record.environment().training_seconds();
  if (record.has_environment() && std::isfinite(seconds)) {
    result.set_training_seconds(seconds);
  }
  return result;
}

// The estimate of a figure that is `value` in each record used that has it; no
// estimate where none has.
void SetEstimate(
    const ArchitectureGroup& group,
    std::optional<double> (*value)(const proto::RunRecord&),
    proto::ArchitectureStatistics& statistics,
    proto::Estimate* (proto::ArchitectureStatistics::*estimate)()) {
  std::vector<double> values;
  for (const proto::RunRecord* record : group.records) {
    if (!IsUsed(*record)) continue;
    const std::optional<double> own = value(*record);
    if (own.has_value()) values.push_back(*own);
  }
  if (!values.empty()) *(statistics.*estimate)() = ComputeEstimate(values);
}

proto::ArchitectureStatistics StatisticsOf(const ArchitectureGroup& group) {
  using proto::ArchitectureStatistics;
  using proto::RunRecord;
  ArchitectureStatistics statistics;
  statistics.set_name(group.name);
  const RunRecord& first = *group.records.front();
  statistics.set_description(first.architecture().description());
  bool same_parameter_count = true;
  for (const RunRecord* record : group.records) {
    *statistics.add_results() = ResultOf(*record);
    same_parameter_count &=
        record->parameter_count() == first.parameter_count();
  }
  const auto count = [&group](RunRecord::Status status) {
    return static_cast<int32_t>(std::count_if(
        group.records.begin(), group.records.end(),
        [status](const RunRecord* r) { return r->status() == status; }));
  };
  statistics.set_rounds(static_cast<int32_t>(group.records.size()));
  statistics.set_used(count(RunRecord::FINISHED));
  statistics.set_diverged(count(RunRecord::DIVERGED));
  statistics.set_interrupted(count(RunRecord::INTERRUPTED));
  statistics.set_at_chance(static_cast<int32_t>(
      std::count_if(group.records.begin(), group.records.end(),
                    [](const RunRecord* r) { return IsAtChance(*r); })));
  if (same_parameter_count) {
    statistics.set_parameters(static_cast<double>(first.parameter_count()));
  }

  SetEstimate(
      group, [](const RunRecord& r) { return ErrorPercent(r.errors().test()); },
      statistics, &ArchitectureStatistics::mutable_test_error);
  SetEstimate(
      group,
      [](const RunRecord& r) { return ErrorPercent(r.errors().train()); },
      statistics, &ArchitectureStatistics::mutable_train_error);
  SetEstimate(
      group,
      [](const RunRecord& r) { return ErrorPercent(r.errors().test_digits()); },
      statistics, &ArchitectureStatistics::mutable_digit_error);
  SetEstimate(
      group,
      [](const RunRecord& r) -> std::optional<double> {
        if (!r.has_environment()) return std::nullopt;
        return r.environment().training_seconds();
      },
      statistics, &ArchitectureStatistics::mutable_training_seconds);
  return statistics;
}

proto::Comparison Compare(Groups groups, const RoundPairing& pairing,
                          size_t architecture, size_t reference) {
  proto::Comparison comparison;
  comparison.set_architecture(groups[architecture].name);
  comparison.set_reference(groups[reference].name);
  *comparison.mutable_effect() = ComputePairedEffect(
      pairing.Differences({{architecture, 1}, {reference, -1}}));
  return comparison;
}

// Every architecture with the baseline, or with each that comes before it.
void AddComparisons(Groups groups, const RoundPairing& pairing,
                    std::optional<size_t> baseline,
                    proto::StudyStatistics& statistics) {
  for (size_t i = 0; i < groups.size(); ++i) {
    if (baseline.has_value()) {
      if (i == *baseline) continue;
      *statistics.add_comparisons() = Compare(groups, pairing, i, *baseline);
      continue;
    }
    for (size_t j = i + 1; j < groups.size(); ++j) {
      *statistics.add_comparisons() = Compare(groups, pairing, j, i);
    }
  }
  std::vector<proto::PairedEffect*> family;
  for (proto::Comparison& comparison : *statistics.mutable_comparisons()) {
    family.push_back(comparison.mutable_effect());
  }
  AdjustFamily(family);
  for (proto::Comparison& comparison : *statistics.mutable_comparisons()) {
    comparison.mutable_effect()->set_sentence(ComparisonSentence(comparison));
  }
}

std::optional<double> MeanOf(
    const std::vector<proto::RoundDifference>& differences) {
  if (differences.empty()) return std::nullopt;
  std::vector<double> values;
  for (const proto::RoundDifference& difference : differences) {
    values.push_back(difference.difference());
  }
  return ComputeMoments(values).mean;
}

// Of the test errors of the four cells, in the order of FactorialCells.
struct ContrastWeights {
  int separate = 0;
  int shared = 0;
  int separate_auxiliary = 0;
  int shared_auxiliary = 0;
};

proto::Factorial FactorialOf(Groups groups, const RoundPairing& pairing,
                             const FactorialCells& cells) {
  proto::Factorial factorial;
  factorial.set_separate(groups[cells.separate].name);
  factorial.set_shared(groups[cells.shared].name);
  factorial.set_separate_auxiliary(groups[cells.separate_auxiliary].name);
  factorial.set_shared_auxiliary(groups[cells.shared_auxiliary].name);
  const auto differences = [&](const ContrastWeights& weights, int divisor) {
    return pairing.Differences(
        {{cells.separate, weights.separate},
         {cells.shared, weights.shared},
         {cells.separate_auxiliary, weights.separate_auxiliary},
         {cells.shared_auxiliary, weights.shared_auxiliary}},
        divisor);
  };
  const auto add_contrast = [&](proto::Contrast::Kind kind,
                                const ContrastWeights& weights, int divisor,
                                const ContrastWeights& at_first_level,
                                const ContrastWeights& at_second_level) {
    proto::Contrast& contrast = *factorial.add_contrasts();
    contrast.set_kind(kind);
    *contrast.mutable_effect() =
        ComputePairedEffect(differences(weights, divisor));
    if (const auto mean = MeanOf(differences(at_first_level, 1))) {
      contrast.set_effect_at_first_level(*mean);
    }
    if (const auto mean = MeanOf(differences(at_second_level, 1))) {
      contrast.set_effect_at_second_level(*mean);
    }
  };
  constexpr ContrastWeights kSharingWithout = {-1, 1, 0, 0};
  constexpr ContrastWeights kSharingWith = {0, 0, -1, 1};
  constexpr ContrastWeights kAuxiliarySeparate = {-1, 0, 1, 0};
  constexpr ContrastWeights kAuxiliaryShared = {0, -1, 0, 1};
  add_contrast(proto::Contrast::SHARING, {-1, 1, -1, 1}, 2, kSharingWithout,
               kSharingWith);
  add_contrast(proto::Contrast::AUXILIARY, {-1, -1, 1, 1}, 2,
               kAuxiliarySeparate, kAuxiliaryShared);
  add_contrast(proto::Contrast::INTERACTION, {1, -1, -1, 1}, 1,
               kAuxiliarySeparate, kAuxiliaryShared);

  std::vector<proto::PairedEffect*> family;
  for (proto::Contrast& contrast : *factorial.mutable_contrasts()) {
    family.push_back(contrast.mutable_effect());
  }
  AdjustFamily(family);
  for (proto::Contrast& contrast : *factorial.mutable_contrasts()) {
    contrast.mutable_effect()->set_sentence(ContrastSentence(contrast));
  }
  return factorial;
}

absl::StatusOr<std::optional<size_t>> FindBaseline(
    Groups groups, const std::string& baseline) {
  if (baseline.empty()) return std::nullopt;
  std::vector<std::string> names;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].name == baseline) return i;
    names.push_back(groups[i].name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no record of the baseline '", baseline,
                   "'; there are: ", absl::StrJoin(names, ", ")));
}

}  // namespace

absl::StatusOr<proto::StudyStatistics> ComputeStudyStatistics(
    absl::Span<const proto::RunRecord> records,
    const StudyStatisticsOptions& options) {
  for (const proto::RunRecord& record : records) {
    MINIDL_RETURN_IF_ERROR(CheckRecord(record));
  }
  MINIDL_RETURN_IF_ERROR(CheckDataSets(records));
  MINIDL_ASSIGN_OR_RETURN(const DistinctRecords distinct,
                          FindDistinctRecords(records));
  const std::vector<ArchitectureGroup> groups =
      GroupByArchitecture(distinct.records, options.order);
  MINIDL_ASSIGN_OR_RETURN(const std::optional<size_t> baseline,
                          FindBaseline(groups, options.baseline));

  proto::StudyStatistics statistics;
  std::set<std::string> studies;
  std::set<uint64_t> seeds;
  for (const proto::RunRecord* record : distinct.records) {
    studies.insert(record->study_name());
    seeds.insert(record->study_seed());
  }
  statistics.mutable_studies()->Assign(studies.begin(), studies.end());
  statistics.mutable_seeds()->Assign(seeds.begin(), seeds.end());
  statistics.set_confidence(kConfidence);
  statistics.set_baseline(options.baseline);

  std::vector<proto::Lint> lints = ComparabilityLints(groups);
  const auto add_lints = [&lints](std::vector<proto::Lint> more) {
    std::move(more.begin(), more.end(), std::back_inserter(lints));
  };
  for (const ArchitectureGroup& group : groups) {
    *statistics.add_architectures() = StatisticsOf(group);
    add_lints(ArchitectureLints(
        group, statistics.architectures(statistics.architectures_size() - 1)));
  }
  const RoundPairing pairing(groups);
  AddComparisons(groups, pairing, baseline, statistics);
  for (const FactorialCells& cells : FindFactorials(groups)) {
    *statistics.add_factorials() = FactorialOf(groups, pairing, cells);
  }
  add_lints(FamilyLints(statistics));
  if (distinct.duplicates > 0) {
    lints.push_back(MakeLint(
        proto::Lint::REPEATED_RECORDS, proto::Lint::NOTE, {}, {},
        absl::StrCat(distinct.duplicates,
                     distinct.duplicates == 1 ? " record is" : " records are",
                     " there already, with the same contents, and not counted "
                     "again"),
        "give stats each file once"));
  }
  // What makes figures wrong comes before what limits them.
  std::stable_sort(lints.begin(), lints.end(),
                   [](const proto::Lint& a, const proto::Lint& b) {
                     return a.severity() > b.severity();
                   });
  statistics.mutable_lints()->Assign(lints.begin(), lints.end());
  return statistics;
}

}  // namespace minidl
