#include "statistics/rounds.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"

namespace minidl {
namespace {

using Key = std::tuple<absl::string_view, uint64_t, int32_t>;

Key KeyOf(const proto::RoundId& id) {
  return Key(id.study(), id.seed(), id.round());
}

// The rounds [begin, end), of one study and seed, as "rounds 0-4, 7".
std::string DescribeNumbers(const proto::RoundId* begin,
                            const proto::RoundId* end) {
  std::vector<std::string> ranges;
  for (const proto::RoundId* first = begin; first != end;) {
    const proto::RoundId* last = first;
    while (last + 1 != end && (last + 1)->round() == last->round() + 1) ++last;
    ranges.push_back(absl::StrCat(first->round()));
    if (last - first == 1) ranges.push_back(absl::StrCat(last->round()));
    if (last - first > 1) absl::StrAppend(&ranges.back(), "-", last->round());
    first = last + 1;
  }
  return absl::StrCat(end - begin == 1 ? "round " : "rounds ",
                      absl::StrJoin(ranges, ", "));
}

}  // namespace

proto::RoundId IdOf(const proto::RunRecord& record) {
  proto::RoundId id;
  id.set_study(record.study_name());
  id.set_seed(record.study_seed());
  id.set_round(record.round());
  return id;
}

bool IsBefore(const proto::RoundId& a, const proto::RoundId& b) {
  return KeyOf(a) < KeyOf(b);
}

std::string DescribeRounds(std::vector<proto::RoundId> rounds) {
  std::sort(rounds.begin(), rounds.end(), IsBefore);
  rounds.erase(
      std::unique(rounds.begin(), rounds.end(),
                  [](const proto::RoundId& a, const proto::RoundId& b) {
                    return KeyOf(a) == KeyOf(b);
                  }),
      rounds.end());
  const bool several_studies =
      !rounds.empty() && rounds.front().study() != rounds.back().study();
  std::vector<std::string> parts;
  const proto::RoundId* const end = rounds.data() + rounds.size();
  for (const proto::RoundId* begin = rounds.data(); begin != end;) {
    const proto::RoundId* const next =
        std::find_if(begin, end, [begin](const proto::RoundId& id) {
          return id.study() != begin->study() || id.seed() != begin->seed();
        });
    parts.push_back(absl::StrCat(
        DescribeNumbers(begin, next), " (",
        several_studies ? absl::StrCat("study ", begin->study(), ", ") : "",
        "seed ", begin->seed(), ")"));
    begin = next;
  }
  return absl::StrJoin(parts, " and ");
}

}  // namespace minidl
