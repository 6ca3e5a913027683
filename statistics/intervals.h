#ifndef MINIDL_STATISTICS_INTERVALS_H_
#define MINIDL_STATISTICS_INTERVALS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "proto/statistics.pb.h"
#include "statistics/moments.h"

// Confidence intervals of what a sample of a normal distribution tells. A
// deviation that does not exist, is 0 or is not finite has none.
namespace minidl {

// Of every interval in statistics.
inline constexpr double kConfidence = 0.95;

// kConfidence for people: "95 % interval".
std::string IntervalName();

// Of the mean, by Student's t: mean ± t(n - 1) deviation / sqrt(n).
std::optional<proto::Interval> MeanInterval(const Moments& moments,
                                            double confidence = kConfidence);

// Of the standard deviation: deviation sqrt((n - 1) / chi2(n - 1)), where chi2
// is the upper and the lower quantile of the chi-squared distribution.
std::optional<proto::Interval> DeviationInterval(
    const Moments& moments, double confidence = kConfidence);

// The probability that `n` >= 2 values of a normal distribution of standard
// deviation `true_deviation` > 0 have the sample standard deviation `deviation`
// or a smaller one.
double ProbabilityOfDeviationUpTo(double deviation, int64_t n,
                                  double true_deviation);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_INTERVALS_H_
