#ifndef MINIDL_STATISTICS_ERROR_RATE_H_
#define MINIDL_STATISTICS_ERROR_RATE_H_

#include <optional>

#include "proto/run_record.pb.h"

namespace minidl {

// Wrong over total, in percent; nullopt for a count of nothing, such as one
// that a record does not have.
std::optional<double> ErrorPercent(const proto::ErrorCount& count);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_ERROR_RATE_H_
