#ifndef MINIDL_STATISTICS_ROUND_PAIRING_H_
#define MINIDL_STATISTICS_ROUND_PAIRING_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/types/span.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"
#include "statistics/architecture_group.h"

namespace minidl {

// An architecture's part in a contrast.
struct ContrastTerm {
  size_t group = 0;  // The group's index.
  int weight = 0;
};

// Whether two records were run on the same test pairs, by the hash of all data
// or by that of the test pairs: training sets may be of different sizes.
bool HaveSameTestPairs(const proto::RunRecord& a, const proto::RunRecord& b);

// Finds the rounds that several architectures were run on.
class RoundPairing {
 public:
  // Records of `groups`, which must outlive this, are of the same round if they
  // have the same seed and number and were run on the same test pairs (see
  // HaveSameTestPairs); and the same study, if any group has a round of the
  // same seed and number in several.
  explicit RoundPairing(absl::Span<const ArchitectureGroup> groups);

  // In every round that all groups of `terms` have finished: the sum of their
  // test errors in percent times their weights, over `divisor`. From integer
  // counts, so that a difference of zero is zero. By study, seed and round.
  std::vector<proto::RoundDifference> Differences(
      absl::Span<const ContrastTerm> terms, int divisor = 1) const;

 private:
  // Study, seed, round.
  using Key = std::tuple<std::string, uint64_t, int32_t>;

  // The finished records with test errors, of each group.
  std::vector<std::map<Key, const proto::RunRecord*>> records_;
};

}  // namespace minidl

#endif  // MINIDL_STATISTICS_ROUND_PAIRING_H_
