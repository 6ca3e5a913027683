#include "statistics/error_rate.h"

#include <cmath>
#include <cstdint>
#include <optional>

#include "base/check.h"
#include "proto/run_record.pb.h"

namespace minidl {

std::optional<double> ErrorPercent(const proto::ErrorCount& count) {
  if (count.total() == 0) return std::nullopt;
  return 100.0 * static_cast<double>(count.wrong()) /
         static_cast<double>(count.total());
}

double BinomialDeviation(double error_percent, int64_t total) {
  MINIDL_CHECK(total > 0, total, " answers");
  return std::sqrt(error_percent * (100 - error_percent) /
                   static_cast<double>(total));
}

}  // namespace minidl
