#include "experiments/study.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
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
#include "base/status_macros.h"
#include "base/text_proto.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"
#include "tensor/generator.h"

namespace minidl {
namespace {

absl::Status FieldError(absl::string_view field, const absl::AlphaNum& value,
                        absl::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrCat(field, " is ", value, "; expected ", expected));
}

// From 1 to kMaxCount: beyond that a number is a mistake, and would only show
// after a long time.
constexpr int64_t kMaxCount = 1'000'000;
absl::Status CheckCount(absl::string_view field, int64_t value) {
  if (value < 1) return FieldError(field, value, "at least 1");
  if (value > kMaxCount) {
    return FieldError(field, value, absl::StrCat("at most ", kMaxCount));
  }
  return absl::OkStatus();
}

// Positive and finite.
absl::Status CheckPositive(absl::string_view field, double value) {
  if (value > 0 && std::isfinite(value)) return absl::OkStatus();
  return FieldError(field, value, "a positive number");
}

// At least 0 and less than 1.
absl::Status CheckFraction(absl::string_view field, double value) {
  if (0 <= value && value < 1) return absl::OkStatus();
  return FieldError(field, value, "at least 0 and less than 1");
}

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

absl::Status ValidateTraining(const proto::Training& training) {
  MINIDL_RETURN_IF_ERROR(CheckCount("training.epochs", training.epochs()));
  MINIDL_RETURN_IF_ERROR(
      CheckCount("training.batch_size", training.batch_size()));
  if (training.test_interval() < 0) {
    return FieldError("training.test_interval", training.test_interval(),
                      "at least 0");
  }
  switch (training.optimizer_case()) {
    case proto::Training::kSgd:
      MINIDL_RETURN_IF_ERROR(CheckPositive("training.sgd.learning_rate",
                                           training.sgd().learning_rate()));
      MINIDL_RETURN_IF_ERROR(
          CheckFraction("training.sgd.momentum", training.sgd().momentum()));
      break;
    case proto::Training::kAdam:
      MINIDL_RETURN_IF_ERROR(CheckPositive("training.adam.learning_rate",
                                           training.adam().learning_rate()));
      MINIDL_RETURN_IF_ERROR(
          CheckFraction("training.adam.beta1", training.adam().beta1()));
      MINIDL_RETURN_IF_ERROR(
          CheckFraction("training.adam.beta2", training.adam().beta2()));
      if (training.adam().epsilon() != 0) {
        MINIDL_RETURN_IF_ERROR(
            CheckPositive("training.adam.epsilon", training.adam().epsilon()));
      }
      break;
    case proto::Training::OPTIMIZER_NOT_SET:
      return absl::InvalidArgumentError(
          "training has no optimizer; expected sgd or adam");
  }
  if (training.input_normalization() ==
      proto::Training::INPUT_NORMALIZATION_UNSPECIFIED) {
    return absl::InvalidArgumentError(
        "training.input_normalization is not set; expected NONE or "
        "MEAN_AND_DEVIATION");
  }
  return absl::OkStatus();
}

absl::Status ValidateArchitecture(const proto::Architecture& architecture) {
  MINIDL_RETURN_IF_ERROR(CheckName("name", architecture.name()));
  Generator generator(0);
  return PairNetwork::Create(architecture, kDigitPairImages,
                             {generator, generator})
      .status();
}

absl::Status WithFile(const std::string& file, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(file, ": ", status.message()));
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

absl::StatusOr<Study> LoadStudy(const std::string& path) {
  Study study;
  MINIDL_RETURN_IF_ERROR(ReadTextProto(path, &study.message));
  MINIDL_RETURN_IF_ERROR(WithFile(path, ValidateStudy(study.message)));
  const std::filesystem::path directory =
      std::filesystem::path(path).parent_path();
  for (const std::string& file : study.message.architecture_files()) {
    const std::string architecture_path =
        (directory / file).lexically_normal().string();
    MINIDL_ASSIGN_OR_RETURN(proto::Architecture architecture,
                            ReadArchitecture(architecture_path));
    for (const proto::Architecture& other : study.architectures) {
      if (other.name() == architecture.name()) {
        return absl::InvalidArgumentError(
            absl::StrCat(path, ": two architectures have the name \"",
                         architecture.name(), "\""));
      }
    }
    study.architectures.push_back(std::move(architecture));
  }
  return study;
}

absl::StatusOr<proto::Architecture> ReadArchitecture(const std::string& path) {
  proto::Architecture architecture;
  MINIDL_RETURN_IF_ERROR(ReadTextProto(path, &architecture));
  MINIDL_RETURN_IF_ERROR(WithFile(path, ValidateArchitecture(architecture)));
  return architecture;
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
