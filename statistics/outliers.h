#ifndef MINIDL_STATISTICS_OUTLIERS_H_
#define MINIDL_STATISTICS_OUTLIERS_H_

#include <vector>

#include "absl/types/span.h"

namespace minidl {

// A value whose modified z-score is farther from 0 than this is an outlier.
inline constexpr double kOutlierScore = 3.5;

// The modified z-scores of `values` (Iglewicz and Hoaglin, How to Detect and
// Handle Outliers, 1993): (x - median) / scale, where scale is the median
// absolute deviation from the median over 0.6745, which is the standard
// deviation of normal data, or `min_scale` if that is larger. All are 0 if both
// are 0. At least one value, all finite.
std::vector<double> ModifiedZScores(absl::Span<const double> values,
                                    double min_scale);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_OUTLIERS_H_
