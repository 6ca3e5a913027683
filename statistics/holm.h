#ifndef MINIDL_STATISTICS_HOLM_H_
#define MINIDL_STATISTICS_HOLM_H_

#include <vector>

#include "absl/types/span.h"

namespace minidl {

// Holm's adjustment of a family of p-values (A simple sequentially rejective
// multiple test procedure, Scandinavian Journal of Statistics 6, 1979): the
// chance of any false claim is at most alpha if one claims what has an adjusted
// p of at most alpha. Of m values, the i-th smallest (from 0) becomes
// (m - i) p, at least what the one before it became and at most 1.
std::vector<double> HolmAdjusted(absl::Span<const double> p_values);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_HOLM_H_
