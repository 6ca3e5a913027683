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
#include "proto/run_record.pb.h"
#include "records/record_difference.h"
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
