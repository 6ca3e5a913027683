#include "experiments/study.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "base/check_field.h"
#include "base/status_macros.h"
#include "base/text_proto.h"
#include "nn/pair_loss.h"
#include "nn/pair_network.h"
#include "nn/validate_training.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"
#include "tensor/generator.h"

namespace minidl {
namespace {

// Names go into tables, flags and file names.
absl::Status CheckName(absl::string_view field, const std::string& name) {
  const bool good =
      !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
      });
  if (good) return absl::OkStatus();
  return FieldError(field, absl::StrCat("\"", name, "\""),
                    "lower-case letters, digits and '_'");
}

absl::Status ValidateArchitecture(const proto::Architecture& architecture) {
  MINIDL_RETURN_IF_ERROR(CheckName("name", architecture.name()));
  Generator generator(0);
  MINIDL_RETURN_IF_ERROR(PairNetwork::Create(architecture, kDigitPairImages,
                                             {generator, generator})
                             .status());
  return PairLoss::Create(architecture, kDigitPairImages.num_classes).status();
}

}  // namespace

absl::Status ValidateStudy(const proto::Study& study) {
  MINIDL_RETURN_IF_ERROR(CheckName("name", study.name()));
  MINIDL_RETURN_IF_ERROR(CheckCount("rounds", study.rounds()));
  MINIDL_RETURN_IF_ERROR(CheckCount("train_pairs", study.train_pairs()));
  MINIDL_RETURN_IF_ERROR(CheckCount("test_pairs", study.test_pairs()));
  MINIDL_RETURN_IF_ERROR(ValidateTraining(study.training()));
  if (study.training().batch_size() > study.train_pairs()) {
    return FieldError(
        "training.batch_size", study.training().batch_size(),
        absl::StrCat("at most train_pairs, ", study.train_pairs()));
  }
  if (study.architecture_files().empty()) {
    return absl::InvalidArgumentError(
        "architecture_files is empty; expected at least one file");
  }
  return absl::OkStatus();
}

absl::StatusOr<proto::Architecture> ReadArchitecture(const std::string& path) {
  proto::Architecture architecture;
  TextProtoLocations locations;
  MINIDL_RETURN_IF_ERROR(ReadTextProto(path, &architecture, &locations));
  MINIDL_RETURN_IF_ERROR(locations.Locate(ValidateArchitecture(architecture)));
  return architecture;
}

absl::StatusOr<Study> LoadStudy(const std::string& path) {
  Study study;
  const TextProtoLocations& locations = study.locations;
  MINIDL_RETURN_IF_ERROR(ReadTextProto(path, &study.message, &study.locations));
  MINIDL_RETURN_IF_ERROR(locations.Locate(ValidateStudy(study.message)));
  const std::filesystem::path directory =
      std::filesystem::path(path).parent_path();
  for (const std::string& file : study.message.architecture_files()) {
    const std::string field =
        absl::StrCat("architecture_files[", study.architectures.size(), "]");
    const std::string architecture_path =
        (directory / file).lexically_normal().string();
    absl::StatusOr<proto::Architecture> architecture =
        ReadArchitecture(architecture_path);
    if (absl::IsInvalidArgument(architecture.status())) {
      return std::move(architecture).status();
    }
    if (!architecture.ok()) {  // It could not be read.
      return locations.Locate(absl::Status(
          architecture.status().code(),
          absl::StrCat(field, ": ", architecture.status().message())));
    }
    for (const proto::Architecture& other : study.architectures) {
      if (other.name() == architecture->name()) {
        return locations.Locate(absl::InvalidArgumentError(
            absl::StrCat(field, ": two architectures have the name \"",
                         other.name(), "\"")));
      }
    }
    study.architectures.push_back(*std::move(architecture));
  }
  return study;
}

absl::Status SelectArchitectures(const std::vector<std::string>& names,
                                 Study& study) {
  std::vector<proto::Architecture> selected;
  for (const std::string& name : names) {
    const auto has_name = [&name](const proto::Architecture& architecture) {
      return architecture.name() == name;
    };
    if (std::any_of(selected.begin(), selected.end(), has_name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("architecture \"", name, "\" is named twice"));
    }
    const auto found = std::find_if(study.architectures.begin(),
                                    study.architectures.end(), has_name);
    if (found == study.architectures.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("no architecture \"", name, "\" in the study; it has ",
                       absl::StrJoin(ArchitectureNames(study), ", ")));
    }
    selected.push_back(*found);
  }
  study.architectures = std::move(selected);
  return absl::OkStatus();
}

std::vector<std::string> ArchitectureNames(const Study& study) {
  std::vector<std::string> names;
  for (const proto::Architecture& architecture : study.architectures) {
    names.push_back(architecture.name());
  }
  return names;
}

}  // namespace minidl
