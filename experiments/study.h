#ifndef MINIDL_EXPERIMENTS_STUDY_H_
#define MINIDL_EXPERIMENTS_STUDY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/text_proto.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"

namespace minidl {

// The images of a pair of digits.
inline constexpr PairImages kDigitPairImages = {14, 14, 10};

// A study and the architectures that it names.
struct Study {
  proto::Study message;
  std::vector<proto::Architecture> architectures;  // In the study's order.
  TextProtoLocations locations;                    // Of the message's fields.
};

// Reads the study in the file `path` and its architectures, and checks all of
// it. Mistakes are InvalidArgument "FILE:LINE:COLUMN: the field and what is
// wrong with it".
absl::StatusOr<Study> LoadStudy(const std::string& path);

// Reads and checks one architecture in the same way.
absl::StatusOr<proto::Architecture> ReadArchitecture(const std::string& path);

// Keeps the architectures of these names alone, in this order. InvalidArgument,
// with the names that there are, if one is unknown or named twice.
absl::Status SelectArchitectures(const std::vector<std::string>& names,
                                 Study& study);

// The names of the study's architectures, in their order.
std::vector<std::string> ArchitectureNames(const Study& study);

// InvalidArgument if a field of the study has no meaning, such as "rounds is 0;
// expected at least 1". LoadStudy has called it; call it again after changes.
absl::Status ValidateStudy(const proto::Study& study);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_STUDY_H_
