#ifndef MINIDL_STATISTICS_ESTIMATE_H_
#define MINIDL_STATISTICS_ESTIMATE_H_

#include "absl/types/span.h"
#include "proto/statistics.pb.h"

namespace minidl {

// What `values` say. What does not exist for them is left out:
//  - no values: everything but n = 0;
//  - one value: deviation and intervals;
//  - values that are all the same: intervals, whose formulas would claim to
//    know the mean exactly. The deviation is 0;
//  - a NaN or an infinity among them: everything but n.
proto::Estimate ComputeEstimate(absl::Span<const double> values);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_ESTIMATE_H_
