#include "report/page_data.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/check.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "report/page_data.pb.h"
#include "statistics/error_rate.h"
#include "statistics/moments.h"

namespace minidl {
namespace {

using RecordPointers = std::vector<const proto::RunRecord*>;

// Architecture, study, seed, round.
using RecordKey = std::tuple<std::string, std::string, uint64_t, int32_t>;
using RecordIndex = std::map<RecordKey, const proto::RunRecord*>;

RecordIndex IndexRecords(absl::Span<const proto::RunRecord> records) {
  RecordIndex index;
  for (const proto::RunRecord& record : records) {
    const proto::RunRecord*& entry =
        index[{record.architecture().name(), record.study_name(),
               record.study_seed(), record.round()}];
    // What came out later takes the place of an interrupted round.
    if (entry == nullptr || entry->status() == proto::RunRecord::INTERRUPTED) {
      entry = &record;
    }
  }
  return index;
}

proto::RoundDetails DetailsOf(const proto::RunRecord& record) {
  proto::RoundDetails details;
  const proto::ErrorCount& test = record.errors().test();
  details.set_test_wrong(static_cast<int32_t>(test.wrong()));
  details.set_test_total(static_cast<int32_t>(test.total()));
  details.set_epochs(record.epochs_size());
  const proto::Environment& environment = record.environment();
  if (environment.start_time_ms() != 0) {
    details.set_start_time(
        FormatPageTime(absl::FromUnixMillis(environment.start_time_ms())));
  }
  details.set_host(environment.host());
  details.set_cpu(environment.cpu());
  return details;
}

// A value of an epoch, if it has it.
using EpochValue = std::optional<double> (*)(const proto::Epoch&);

// Adds the curve of a metric, if any round has it.
void AddCurve(const RecordPointers& records,
              proto::LearningCurve::Metric metric, EpochValue value,
              proto::ArchitectureDetails& details) {
  std::map<int, std::vector<double>> values;  // By epoch.
  for (const proto::RunRecord* record : records) {
    for (int i = 0; i < record->epochs_size(); ++i) {
      const std::optional<double> one = value(record->epochs(i));
      if (one.has_value()) values[i + 1].push_back(*one);
    }
  }
  proto::LearningCurve curve;
  curve.set_metric(metric);
  for (const auto& [epoch, of_rounds] : values) {
    const Moments moments = ComputeMoments(of_rounds);
    // JSON has no number for it, and a plot no place.
    if (!std::isfinite(moments.mean)) continue;
    proto::CurvePoint& point = *curve.add_points();
    point.set_epoch(epoch);
    point.set_n(static_cast<int32_t>(moments.n));
    point.set_mean(moments.mean);
    if (moments.deviation.has_value()) point.set_deviation(*moments.deviation);
  }
  if (curve.points_size() > 0) *details.add_curves() = curve;
}

void AddCurves(const RecordPointers& records,
               proto::ArchitectureDetails& details) {
  using proto::Epoch;
  using proto::LearningCurve;
  AddCurve(
      records, LearningCurve::TEST_ERROR,
      [](const Epoch& epoch) { return ErrorPercent(epoch.test()); }, details);
  AddCurve(
      records, LearningCurve::TRAIN_ERROR,
      [](const Epoch& epoch) { return ErrorPercent(epoch.train()); }, details);
  AddCurve(
      records, LearningCurve::COMPARISON_LOSS,
      [](const Epoch& epoch) -> std::optional<double> {
        return epoch.comparison_loss();
      },
      details);
  AddCurve(
      records, LearningCurve::AUXILIARY_LOSS,
      [](const Epoch& epoch) -> std::optional<double> {
        // 0 where there is none.
        if (epoch.auxiliary_loss() == 0) return std::nullopt;
        return epoch.auxiliary_loss();
      },
      details);
}

void AddMistakes(const RecordPointers& records,
                 proto::ArchitectureDetails& details) {
  struct Found {
    const proto::RunRecord* record;
    const proto::Mistake* mistake;
  };
  std::vector<Found> all;
  for (const proto::RunRecord* record : records) {
    for (const proto::Mistake& mistake : record->mistakes()) {
      all.push_back({record, &mistake});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Found& a, const Found& b) {
    return a.mistake->probability() > b.mistake->probability();
  });
  details.set_recorded_mistakes(static_cast<int32_t>(all.size()));
  if (all.size() > kMaxShownMistakes) all.resize(kMaxShownMistakes);
  for (const auto [record, mistake] : all) {
    proto::RoundMistake& shown = *details.add_mistakes();
    shown.mutable_id()->set_study(record->study_name());
    shown.mutable_id()->set_seed(record->study_seed());
    shown.mutable_id()->set_round(record->round());
    shown.set_pair(mistake->pair());
    shown.set_first_digit(mistake->first_digit());
    shown.set_second_digit(mistake->second_digit());
    shown.set_answer(mistake->answer());
    shown.set_probability(mistake->probability());
    shown.set_pixels(mistake->pixels());
  }
}

}  // namespace

std::string FormatPageTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone());
}

proto::PageData MakePageData(absl::Span<const proto::RunRecord> records,
                             const proto::StudyStatistics& statistics) {
  const RecordIndex index = IndexRecords(records);
  proto::PageData data;
  *data.mutable_statistics() = statistics;
  for (const proto::ArchitectureStatistics& architecture :
       statistics.architectures()) {
    proto::ArchitectureDetails& details = *data.add_architectures();
    RecordPointers used;
    for (const proto::RoundResult& result : architecture.results()) {
      const auto found = index.find({architecture.name(), result.id().study(),
                                     result.id().seed(), result.id().round()});
      MINIDL_CHECK(found != index.end(), "MakePageData: ", architecture.name(),
                   " round ", result.id().round(), " has no record");
      *details.add_rounds() = DetailsOf(*found->second);
      if (result.used()) used.push_back(found->second);
    }
    AddCurves(used, details);
    AddMistakes(used, details);
  }
  return data;
}

}  // namespace minidl
