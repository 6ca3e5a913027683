#include "statistics/error_rate.h"

#include <optional>

#include "proto/run_record.pb.h"

namespace minidl {

std::optional<double> ErrorPercent(const proto::ErrorCount& count) {
  if (count.total() == 0) return std::nullopt;
  return 100.0 * static_cast<double>(count.wrong()) /
         static_cast<double>(count.total());
}

}  // namespace minidl
