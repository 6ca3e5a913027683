#include "statistics/intervals.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "boost/math/distributions/chi_squared.hpp"
#include "boost/math/distributions/complement.hpp"
#include "boost/math/distributions/students_t.hpp"
#include "proto/statistics.pb.h"
#include "statistics/moments.h"
#include "statistics/number_format.h"

namespace minidl {
namespace {

using ::boost::math::complement;

bool HasInterval(const Moments& moments) {
  return moments.deviation.has_value() && *moments.deviation > 0 &&
         std::isfinite(*moments.deviation);
}

proto::Interval MakeInterval(double low, double high) {
  proto::Interval interval;
  interval.set_low(low);
  interval.set_high(high);
  return interval;
}

}  // namespace

std::string IntervalName() {
  return absl::StrCat(FormatFixed(100 * kConfidence, 0), " % interval");
}

std::optional<proto::Interval> MeanInterval(const Moments& moments,
                                            double confidence) {
  if (!HasInterval(moments)) return std::nullopt;
  const double n = static_cast<double>(moments.n);
  const boost::math::students_t distribution(n - 1);
  const double half_width =
      quantile(complement(distribution, (1 - confidence) / 2)) *
      *moments.deviation / std::sqrt(n);
  return MakeInterval(moments.mean - half_width, moments.mean + half_width);
}

std::optional<proto::Interval> DeviationInterval(const Moments& moments,
                                                 double confidence) {
  if (!HasInterval(moments)) return std::nullopt;
  const double degrees = static_cast<double>(moments.n - 1);
  const boost::math::chi_squared distribution(degrees);
  const double tail = (1 - confidence) / 2;
  const double lower_quantile = quantile(distribution, tail);
  const double upper_quantile = quantile(complement(distribution, tail));
  return MakeInterval(*moments.deviation * std::sqrt(degrees / upper_quantile),
                      *moments.deviation * std::sqrt(degrees / lower_quantile));
}

double ProbabilityOfDeviationUpTo(double deviation, int64_t n,
                                  double true_deviation) {
  MINIDL_CHECK(n >= 2 && true_deviation > 0, n, " values, deviation ",
               true_deviation);
  // Boost's gamma functions overflow here if n is in the thousands.
  if (deviation == 0) return 0;
  const double degrees = static_cast<double>(n - 1);
  const double ratio = deviation / true_deviation;
  return cdf(boost::math::chi_squared(degrees), degrees * ratio * ratio);
}

}  // namespace minidl
