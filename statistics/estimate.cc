#include "statistics/estimate.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "proto/statistics.pb.h"
#include "statistics/intervals.h"
#include "statistics/median.h"
#include "statistics/moments.h"

namespace minidl {

proto::Estimate ComputeEstimate(absl::Span<const double> values) {
  proto::Estimate estimate;
  estimate.set_n(static_cast<int32_t>(values.size()));
  const auto is_finite = [](double value) { return std::isfinite(value); };
  if (values.empty() || !std::all_of(values.begin(), values.end(), is_finite)) {
    return estimate;
  }
  const auto [minimum, maximum] =
      std::minmax_element(values.begin(), values.end());
  estimate.set_minimum(*minimum);
  estimate.set_maximum(*maximum);
  estimate.set_median(Median({values.begin(), values.end()}));

  const Moments moments = ComputeMoments(values);
  estimate.set_mean(moments.mean);
  if (moments.deviation.has_value()) {
    estimate.set_deviation(*moments.deviation);
  }
  if (const std::optional<proto::Interval> interval = MeanInterval(moments)) {
    *estimate.mutable_mean_interval() = *interval;
  }
  if (const std::optional<proto::Interval> interval =
          DeviationInterval(moments)) {
    *estimate.mutable_deviation_interval() = *interval;
  }
  return estimate;
}

}  // namespace minidl
