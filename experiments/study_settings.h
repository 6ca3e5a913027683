#ifndef MINIDL_EXPERIMENTS_STUDY_SETTINGS_H_
#define MINIDL_EXPERIMENTS_STUDY_SETTINGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace minidl {

// What the study_settings program is asked to do.
struct StudySettingsOptions {
  std::string study_file;
  std::string output;

  // What the study must say. Bazel cannot read it, so its target says these
  // too.
  std::vector<std::string> architecture_files;
  std::optional<int> rounds;  // If absent, anything.

  // Instead of the study's.
  std::optional<uint64_t> seed;
};

// Checks the study and its architectures and writes, in text format, the study
// without `description`, `rounds` and `architecture_files`: what all rounds of
// all its architectures depend on, whose bytes stay the same when rounds or
// architectures are added. InvalidArgument for mistakes in the study, and if it
// says other architectures or rounds than `options`.
absl::Status WriteStudySettings(const StudySettingsOptions& options);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_STUDY_SETTINGS_H_
