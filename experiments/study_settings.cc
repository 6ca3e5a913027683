#include "experiments/study_settings.h"

#include <filesystem>
#include <set>
#include <string>
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

using Paths = std::set<std::filesystem::path>;

// "; only the study has a, b", or nothing if that is none.
std::string OnlyIn(absl::string_view who, const Paths& some,
                   const Paths& others) {
  std::vector<std::string> only;
  for (const std::filesystem::path& path : some) {
    if (others.count(path) == 0) only.push_back(path.string());
  }
  if (only.empty()) return "";
  return absl::StrCat("; only ", who, " has ", absl::StrJoin(only, ", "));
}

absl::Status CheckArchitectures(const StudySettingsOptions& options,
                                const proto::Study& study) {
  const std::filesystem::path directory =
      std::filesystem::path(options.study_file).parent_path();
  Paths named;
  for (const std::string& file : study.architecture_files()) {
    named.insert((directory / file).lexically_normal());
  }
  Paths expected;
  for (const std::string& file : options.architecture_files) {
    expected.insert(std::filesystem::path(file).lexically_normal());
  }
  if (named == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "architecture_files and the architectures of the Bazel target differ",
      OnlyIn("the study", named, expected),
      OnlyIn("the target", expected, named)));
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

}  // namespace

absl::Status WriteStudySettings(const StudySettingsOptions& options) {
  proto::Study settings;
  TextProtoLocations locations;
  MINIDL_RETURN_IF_ERROR(
      ReadTextProto(options.study_file, &settings, &locations));
  // Before the files are opened: Bazel hides those that its target lacks.
  MINIDL_RETURN_IF_ERROR(
      locations.Locate(CheckArchitectures(options, settings)));
  MINIDL_RETURN_IF_ERROR(LoadStudy(options.study_file).status());
  MINIDL_RETURN_IF_ERROR(locations.Locate(CheckRounds(options, settings)));
  if (options.seed.has_value()) settings.set_seed(*options.seed);
  settings.clear_description();
  settings.clear_rounds();
  settings.clear_architecture_files();
  std::string text;
  google::protobuf::TextFormat::PrintToString(settings, &text);
  return WriteFile(options.output, text);
}

}  // namespace minidl
