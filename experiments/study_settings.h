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
  std::string output_directory;

  // What the study must say. Bazel cannot read it, so its target says these
  // too.
  std::vector<std::string> architecture_files;
  std::vector<std::string> variants;
  // Those that only variants name.
  std::vector<std::string> variant_architecture_files;
  std::string data_set;
  std::optional<int> rounds;  // If absent, anything.

  // Instead of the study's.
  std::optional<uint64_t> seed;
};

// Checks the study and its architectures and writes, in text format, one file
// for each of its configurations: DIRECTORY/NAME/configuration.textproto, where
// NAME is the variant's, or that of the architecture's file without its ending.
// A file is all that the rounds of its configuration depend on: its bytes stay
// the same when others, or rounds, are added. InvalidArgument for mistakes in
// the study, and if it says something else than `options`.
absl::Status WriteStudySettings(const StudySettingsOptions& options);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_STUDY_SETTINGS_H_
