#ifndef MINIDL_STATISTICS_ROUNDS_H_
#define MINIDL_STATISTICS_ROUNDS_H_

#include <string>
#include <vector>

#include "proto/run_record.pb.h"
#include "proto/statistics.pb.h"

namespace minidl {

proto::RoundId IdOf(const proto::RunRecord& record);

// Whether `a` comes before `b`: by study, seed and round.
bool IsBefore(const proto::RoundId& a, const proto::RoundId& b);

// "round 3 (seed 1)", "rounds 0-4, 7 (seed 1)" or "round 0 (seed 1) and rounds
// 0-2 (seed 2)": each once and in order, with the study where there are
// several.
std::string DescribeRounds(std::vector<proto::RoundId> rounds);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_ROUNDS_H_
