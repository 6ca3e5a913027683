#include "statistics/distinct_records.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/util/field_comparator.h"
#include "google/protobuf/util/message_differencer.h"
#include "proto/run_record.pb.h"
#include "records/run_records.h"

namespace minidl {
namespace {

// What may be there only once.
using Key = std::tuple<absl::string_view, absl::string_view, uint64_t, int32_t>;

Key KeyOf(const proto::RunRecord& record) {
  return Key(record.architecture().name(), record.study_name(),
             record.study_seed(), record.round());
}

struct SortableRecord {
  Key key;
  // Comes after the record that takes its place.
  bool interrupted;
  // Decides between records that differ only in their environment.
  std::string bytes;
  const proto::RunRecord* record;
};

// The first difference outside of the environments, "modified:
// errors.test.wrong: 165 -> 170"; empty if there is none.
std::string FirstDifference(const proto::RunRecord& a,
                            const proto::RunRecord& b) {
  google::protobuf::util::DefaultFieldComparator comparator;
  comparator.set_treat_nan_as_equal(true);  // The loss of a diverged round.
  google::protobuf::util::MessageDifferencer differencer;
  differencer.set_field_comparator(&comparator);
  std::string differences;
  differencer.ReportDifferencesToString(&differences);
  differencer.Compare(ReproducibleForm(a), ReproducibleForm(b));
  return differences.substr(0, differences.find('\n'));
}

}  // namespace

absl::StatusOr<DistinctRecords> FindDistinctRecords(
    absl::Span<const proto::RunRecord> records) {
  std::vector<SortableRecord> sorted;
  for (const proto::RunRecord& record : records) {
    sorted.push_back({KeyOf(record),
                      record.status() == proto::RunRecord::INTERRUPTED,
                      SerializeRunRecord(record), &record});
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const SortableRecord& a, const SortableRecord& b) {
              return std::tie(a.key, a.interrupted, a.bytes) <
                     std::tie(b.key, b.interrupted, b.bytes);
            });

  DistinctRecords distinct;
  for (const SortableRecord& candidate : sorted) {
    const proto::RunRecord& record = *candidate.record;
    if (distinct.records.empty() ||
        KeyOf(*distinct.records.back()) != candidate.key) {
      distinct.records.push_back(&record);
      continue;
    }
    if (candidate.interrupted) continue;
    const std::string difference =
        FirstDifference(*distinct.records.back(), record);
    if (!difference.empty()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "round ", record.round(), " of ", record.architecture().name(),
          " in study ", record.study_name(), " with seed ", record.study_seed(),
          " is there twice, with different contents (", difference,
          "); leave one of them out"));
    }
    ++distinct.duplicates;
  }
  return distinct;
}

}  // namespace minidl
