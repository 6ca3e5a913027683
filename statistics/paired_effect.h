#ifndef MINIDL_STATISTICS_PAIRED_EFFECT_H_
#define MINIDL_STATISTICS_PAIRED_EFFECT_H_

#include <vector>

#include "absl/types/span.h"
#include "proto/statistics.pb.h"

namespace minidl {

// What the differences of `rounds`, all finite, say taken alone: everything but
// adjusted p, verdict and sentence. No rounds are an effect that has no test.
proto::PairedEffect ComputePairedEffect(
    std::vector<proto::RoundDifference> rounds);

// Adjusts the tests of a family, which are those of all `effects` that have
// one, and gives each effect its verdict.
void AdjustFamily(absl::Span<proto::PairedEffect* const> effects);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_PAIRED_EFFECT_H_
