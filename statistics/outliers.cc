#include "statistics/outliers.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/types/span.h"
#include "statistics/median.h"

namespace minidl {

std::vector<double> ModifiedZScores(absl::Span<const double> values,
                                    double min_scale) {
  // The median absolute deviation of the standard normal distribution: its
  // third quartile.
  constexpr double kNormalMedianDeviation = 0.6744897501960817;

  const double median = Median({values.begin(), values.end()});
  std::vector<double> deviations;
  for (const double value : values) {
    deviations.push_back(std::abs(value - median));
  }
  const double scale =
      std::max(Median(deviations) / kNormalMedianDeviation, min_scale);
  std::vector<double> scores;
  for (const double value : values) {
    scores.push_back(scale == 0 ? 0 : (value - median) / scale);
  }
  return scores;
}

}  // namespace minidl
