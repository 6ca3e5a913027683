#ifndef MINIDL_STATISTICS_ERROR_RATE_H_
#define MINIDL_STATISTICS_ERROR_RATE_H_

#include <cstdint>
#include <optional>

#include "proto/run_record.pb.h"

namespace minidl {

// Wrong over total, in percent; nullopt for a count of nothing, such as one
// that a record does not have.
std::optional<double> ErrorPercent(const proto::ErrorCount& count);

// The standard deviation, in percentage points, of the share of wrong answers
// among `total` > 0 independent ones, each wrong with `error_percent`:
// sqrt(p (1 - p) / total).
double BinomialDeviation(double error_percent, int64_t total);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_ERROR_RATE_H_
