#include "experiments/study_settings.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text_proto.h"
#include "experiments/study.h"
#include "google/protobuf/text_format.h"
#include "proto/study.pb.h"

namespace minidl {
namespace {

using Names = std::set<std::string>;

// "; only the study has a, b", or nothing if that is none.
std::string OnlyIn(absl::string_view who, const Names& some,
                   const Names& others) {
  std::vector<std::string> only;
  std::set_difference(some.begin(), some.end(), others.begin(), others.end(),
                      std::back_inserter(only));
  if (only.empty()) return "";
  return absl::StrCat("; only ", who, " has ", absl::StrJoin(only, ", "));
}

// An error unless the study and the target have the same `what` in `field`.
absl::Status CheckSame(absl::string_view field, absl::string_view what,
                       const Names& named, const Names& expected) {
  if (named == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, " and the ", what, " of the Bazel target differ",
                   OnlyIn("the study", named, expected),
                   OnlyIn("the target", expected, named)));
}

Names Normalized(const std::vector<std::string>& files) {
  Names paths;
  for (const std::string& file : files) {
    paths.insert(std::filesystem::path(file).lexically_normal().string());
  }
  return paths;
}

absl::Status CheckConfigurations(const StudySettingsOptions& options,
                                 const proto::Study& study) {
  Names architectures;
  for (const std::string& file : study.architecture_files()) {
    architectures.insert(ArchitecturePath(options.study_file, file));
  }
  Names variants;
  Names variant_architectures;
  for (const proto::Variant& variant : study.variants()) {
    variants.insert(variant.name());
    const std::string path =
        ArchitecturePath(options.study_file, variant.architecture_file());
    if (architectures.count(path) == 0) variant_architectures.insert(path);
  }
  MINIDL_RETURN_IF_ERROR(CheckSame("architecture_files", "architectures",
                                   architectures,
                                   Normalized(options.architecture_files)));
  MINIDL_RETURN_IF_ERROR(
      CheckSame("variants", "variants", variants,
                {options.variants.begin(), options.variants.end()}));
  return CheckSame("variants.architecture_file", "variant_architectures",
                   variant_architectures,
                   Normalized(options.variant_architecture_files));
}

absl::Status CheckDataSet(const StudySettingsOptions& options,
                          const Study& study) {
  const std::string& data_set = study.configurations[0].data_set();
  if (data_set == options.data_set) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("data_set is ", data_set,
                                                 ", but the Bazel target says ",
                                                 options.data_set));
}

absl::Status CheckRounds(const StudySettingsOptions& options,
                         const proto::Study& study) {
  if (!options.rounds.has_value() || *options.rounds == study.rounds()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("rounds is ", study.rounds(),
                                                 ", but the Bazel target says ",
                                                 *options.rounds));
}

// What the directory of the study's configuration `index` is called: Bazel
// knows the names of files, but not what is in them.
std::string FileName(const proto::Study& study, int index) {
  const int num_files = study.architecture_files_size();
  if (index >= num_files) return study.variants(index - num_files).name();
  return std::filesystem::path(study.architecture_files(index)).stem().string();
}

absl::Status WriteConfiguration(const StudySettingsOptions& options,
                                const std::string& name,
                                const proto::Configuration& configuration) {
  const std::string directory =
      absl::StrCat(options.output_directory, "/", name);
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return FileError(directory, "cannot make", error.value());
  std::string text;
  google::protobuf::TextFormat::PrintToString(configuration, &text);
  return WriteFile(directory + "/configuration.textproto", text);
}

}  // namespace

absl::Status WriteStudySettings(const StudySettingsOptions& options) {
  proto::Study message;
  TextProtoLocations locations;
  MINIDL_RETURN_IF_ERROR(
      ReadTextProto(options.study_file, &message, &locations));
  // Before the files are opened: Bazel hides those that its target lacks.
  MINIDL_RETURN_IF_ERROR(
      locations.Locate(CheckConfigurations(options, message)));
  MINIDL_ASSIGN_OR_RETURN(Study study, LoadStudy(options.study_file));
  MINIDL_RETURN_IF_ERROR(locations.Locate(CheckRounds(options, message)));
  MINIDL_RETURN_IF_ERROR(locations.Locate(CheckDataSet(options, study)));
  if (options.seed.has_value()) SetSeed(*options.seed, study);
  for (size_t i = 0; i < study.configurations.size(); ++i) {
    MINIDL_RETURN_IF_ERROR(
        WriteConfiguration(options, FileName(message, static_cast<int>(i)),
                           study.configurations[i]));
  }
  return absl::OkStatus();
}

}  // namespace minidl
