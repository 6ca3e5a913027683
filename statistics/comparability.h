#ifndef MINIDL_STATISTICS_COMPARABILITY_H_
#define MINIDL_STATISTICS_COMPARABILITY_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "proto/run_record.pb.h"

namespace minidl {

// What makes a table of these records mislead, one sentence each:
//  - the rounds of one architecture that were run differently (another study,
//    seed, training, number of pairs or definition), so that its mean and
//    deviation mix them;
//  - architectures that were run differently from each other, or over different
//    rounds, so that their figures do not compare;
//  - a round whose data are not the same everywhere.
std::vector<std::string> ComparabilityNotes(
    absl::Span<const proto::RunRecord* const> records);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_COMPARABILITY_H_
