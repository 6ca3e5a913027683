#include "statistics/lint.h"

#include <string>
#include <vector>

#include "proto/statistics.pb.h"

namespace minidl {

proto::Lint MakeLint(proto::Lint::Kind kind, proto::Lint::Severity severity,
                     const std::vector<std::string>& architectures,
                     const std::vector<proto::RoundId>& rounds,
                     const std::string& message, const std::string& advice) {
  proto::Lint lint;
  lint.set_kind(kind);
  lint.set_severity(severity);
  lint.mutable_architectures()->Assign(architectures.begin(),
                                       architectures.end());
  lint.mutable_rounds()->Assign(rounds.begin(), rounds.end());
  lint.set_message(message);
  lint.set_advice(advice);
  return lint;
}

}  // namespace minidl
