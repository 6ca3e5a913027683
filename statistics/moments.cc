#include "statistics/moments.h"

#include <cmath>

#include "absl/types/span.h"
#include "base/check.h"

namespace minidl {

// The two-pass algorithm with its correction: Chan, Golub and LeVeque,
// "Algorithms for computing the sample variance", The American Statistician 37
// (1983). Deviations from a first estimate of the mean are small, so their sum
// is nearly exact; it corrects both the mean and the sum of squares.
Moments ComputeMoments(absl::Span<const double> values) {
  MINIDL_CHECK(!values.empty(), "no values");
  const double n = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  const double estimate = sum / n;
  double sum_of_deviations = 0;
  double sum_of_squares = 0;
  for (const double value : values) {
    const double deviation = value - estimate;
    sum_of_deviations += deviation;
    sum_of_squares += deviation * deviation;
  }

  Moments moments;
  moments.n = static_cast<int64_t>(values.size());
  moments.mean = estimate + sum_of_deviations / n;
  if (values.size() > 1) {
    const double correction = sum_of_deviations * sum_of_deviations / n;
    moments.deviation = std::sqrt((sum_of_squares - correction) / (n - 1));
  }
  return moments;
}

}  // namespace minidl
