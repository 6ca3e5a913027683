#ifndef MINIDL_STATISTICS_ARCHITECTURE_LINTS_H_
#define MINIDL_STATISTICS_ARCHITECTURE_LINTS_H_

#include <cstddef>
#include <vector>

#include "proto/statistics.pb.h"
#include "statistics/architecture_group.h"

namespace minidl {

// The fewest values among which outliers are looked for: with fewer, the median
// absolute deviation is that of one or two values.
inline constexpr size_t kMinOutlierValues = 5;

// What misleads in the figures of one architecture, whose statistics are
// `statistics`: UNUSED_ROUNDS, INCOMPLETE_FIGURE, NOT_FINITE, BEST_EPOCH,
// BELOW_BINOMIAL_FLOOR, OUTLIER.
std::vector<proto::Lint> ArchitectureLints(
    const ArchitectureGroup& group,
    const proto::ArchitectureStatistics& statistics);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_ARCHITECTURE_LINTS_H_
