#ifndef MINIDL_STATISTICS_FAMILY_LINTS_H_
#define MINIDL_STATISTICS_FAMILY_LINTS_H_

#include <vector>

#include "proto/statistics.pb.h"

namespace minidl {

// What limits comparisons and contrasts, whose families are adjusted:
// TOO_FEW_ROUNDS, where no result could have been claimed.
std::vector<proto::Lint> FamilyLints(const proto::StudyStatistics& statistics);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_FAMILY_LINTS_H_
