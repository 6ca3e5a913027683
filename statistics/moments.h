#ifndef MINIDL_STATISTICS_MOMENTS_H_
#define MINIDL_STATISTICS_MOMENTS_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"

namespace minidl {

struct Moments {
  int64_t n = 0;
  double mean = 0;
  // The sample standard deviation, whose square is
  // sum((x - mean)^2) / (n - 1); one value has none.
  std::optional<double> deviation;
};

// The moments of `values`, of which there is at least one. Accurate also where
// the deviation is tiny beside the mean. A NaN or an infinity among the values
// makes the mean and the deviation NaN.
Moments ComputeMoments(absl::Span<const double> values);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_MOMENTS_H_
