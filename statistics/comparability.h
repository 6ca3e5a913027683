#ifndef MINIDL_STATISTICS_COMPARABILITY_H_
#define MINIDL_STATISTICS_COMPARABILITY_H_

#include <vector>

#include "absl/types/span.h"
#include "proto/statistics.pb.h"
#include "statistics/architecture_group.h"

namespace minidl {

// What makes figures of these groups mislead that were run differently:
//  - MIXED_GROUP: rounds of one architecture of different studies, seeds,
//    training, numbers of pairs or definitions, so that its mean and deviation
//    mix them;
//  - DIFFERENT_SETTINGS: the same between architectures, but their definitions;
//    a note alone of the variants of one study, which differ in their training
//    or number of training pairs on purpose;
//  - MIXED_BUILDS: records of different programs;
//  - DIFFERENT_DATA: a round whose test pairs are not the same everywhere, or
//    whose training pairs are not where there are as many;
//  - REPEATED_DATA: rounds that are not draws of their own;
//  - MISSING_PAIRS: rounds of which an architecture has no record at all.
std::vector<proto::Lint> ComparabilityLints(
    absl::Span<const ArchitectureGroup> groups);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_COMPARABILITY_H_
