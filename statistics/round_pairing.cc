#include "statistics/round_pairing.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "base/check.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "statistics/architecture_group.h"
#include "statistics/rounds.h"

namespace minidl {
namespace {

bool HasRoundInSeveralStudies(const ArchitectureGroup& group) {
  std::set<std::pair<uint64_t, int32_t>> rounds;
  return !std::all_of(
      group.records.begin(), group.records.end(),
      [&rounds](const proto::RunRecord* record) {
        return rounds.emplace(record->study_seed(), record->round()).second;
      });
}

}  // namespace

bool HaveSameTestPairs(const proto::RunRecord& a, const proto::RunRecord& b) {
  if (a.test_pairs() != b.test_pairs()) return false;
  if (a.data_hash() == b.data_hash()) return true;
  return a.test_data_hash() != 0 && a.test_data_hash() == b.test_data_hash();
}

RoundPairing::RoundPairing(absl::Span<const ArchitectureGroup> groups) {
  const bool by_study =
      std::any_of(groups.begin(), groups.end(), HasRoundInSeveralStudies);
  for (const ArchitectureGroup& group : groups) {
    std::map<Key, const proto::RunRecord*>& records = records_.emplace_back();
    for (const proto::RunRecord* record : group.records) {
      if (!IsUsed(*record) || record->errors().test().total() == 0) continue;
      records.emplace(Key(by_study ? record->study_name() : "",
                          record->study_seed(), record->round()),
                      record);
    }
  }
}

std::vector<proto::RoundDifference> RoundPairing::Differences(
    absl::Span<const ContrastTerm> terms, int divisor) const {
  MINIDL_CHECK(!terms.empty(), "a contrast of nothing");
  std::vector<proto::RoundDifference> differences;
  for (const auto& [key, first_record] : records_[terms.front().group]) {
    const int64_t total = first_record->errors().test().total();
    int64_t weighted = 0;
    bool is_complete = true;
    for (const ContrastTerm& term : terms) {
      const auto found = records_[term.group].find(key);
      if (found == records_[term.group].end() ||
          !HaveSameTestPairs(*first_record, *found->second) ||
          found->second->errors().test().total() != total) {
        is_complete = false;
        break;
      }
      weighted += term.weight * found->second->errors().test().wrong();
    }
    if (!is_complete) continue;
    proto::RoundDifference& difference = differences.emplace_back();
    *difference.mutable_id() = IdOf(*first_record);
    difference.set_difference(100 * static_cast<double>(weighted) /
                              (divisor * static_cast<double>(total)));
  }
  return differences;
}

}  // namespace minidl
