#ifndef MINIDL_EXPERIMENTS_STUDY_H_
#define MINIDL_EXPERIMENTS_STUDY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/text_proto.h"
#include "experiments/configuration.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"

namespace minidl {

// A study, and what it means for each of its architectures and then each of its
// variants.
struct Study {
  proto::Study message;
  std::vector<proto::Configuration> configurations;
  TextProtoLocations locations;  // Of the message's fields.
};

// Reads the study in the file `path` and its architectures, and checks all of
// it. Mistakes are InvalidArgument "FILE:LINE:COLUMN: the field and what is
// wrong with it".
absl::StatusOr<Study> LoadStudy(const std::string& path);

// Reads and checks one architecture in the same way.
absl::StatusOr<proto::Architecture> ReadArchitecture(const std::string& path);

// The file that the study in the file `study_path` calls `architecture_file`.
std::string ArchitecturePath(const std::string& study_path,
                             const std::string& architecture_file);

// Keeps the configurations of the architectures and variants of these names
// alone, in this order. InvalidArgument, with the names that there are, if one
// is unknown or named twice.
absl::Status SelectConfigurations(const std::vector<std::string>& names,
                                  Study& study);

// The names of the study's configurations, in their order.
std::vector<std::string> ConfigurationNames(const Study& study);

// Change the study with all its configurations, whose own values go.
void SetSeed(uint64_t seed, Study& study);
void SetEpochs(int epochs, Study& study);
void SetDataSet(const std::string& name, Study& study);

// InvalidArgument if a field of the study has no meaning, such as "rounds is 0;
// expected at least 1", or a configuration has none (ValidateConfiguration),
// which is then named. LoadStudy has called it; call it again after changes.
absl::Status ValidateStudy(const Study& study);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_STUDY_H_
