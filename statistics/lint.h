#ifndef MINIDL_STATISTICS_LINT_H_
#define MINIDL_STATISTICS_LINT_H_

#include <string>
#include <vector>

#include "proto/statistics.pb.h"

namespace minidl {

// A lint of all its fields.
proto::Lint MakeLint(proto::Lint::Kind kind, proto::Lint::Severity severity,
                     const std::vector<std::string>& architectures,
                     const std::vector<proto::RoundId>& rounds,
                     const std::string& message, const std::string& advice);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_LINT_H_
