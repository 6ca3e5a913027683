#include "experiments/study.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check_field.h"
#include "base/status_macros.h"
#include "base/text_proto.h"
#include "experiments/configuration.h"
#include "experiments/variant.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"

namespace minidl {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

absl::Status ValidateFields(const proto::Study& study) {
  MINIDL_RETURN_IF_ERROR(CheckName("name", study.name()));
  MINIDL_RETURN_IF_ERROR(CheckCount("rounds", study.rounds()));
  MINIDL_RETURN_IF_ERROR(
      ValidateConditions(MakeConfiguration(study, proto::Architecture())));
  if (study.architecture_files().empty() && study.variants().empty()) {
    return absl::InvalidArgumentError(
        "architecture_files is empty; expected at least one file");
  }
  return absl::OkStatus();
}

absl::StatusOr<proto::Architecture> ReadArchitecture(
    const std::string& path, TextProtoLocations* locations) {
  proto::Architecture architecture;
  MINIDL_RETURN_IF_ERROR(ReadTextProto(path, &architecture, locations));
  MINIDL_RETURN_IF_ERROR(locations->Locate(ValidateArchitecture(architecture)));
  return architecture;
}

template <typename Values, typename Value>
bool Contains(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// The fields that a variant changes by merging `message`, its field `path`.
struct VariantChange {
  const TextProtoLocations& locations;
  std::string variant;  // "variants[2]".
  std::vector<std::string> cleared;

  // An error if a field has been given its default value, with which merging
  // changes nothing.
  absl::Status Check(const std::string& path, const Message& message) const {
    const Descriptor& descriptor = *message.GetDescriptor();
    const Reflection& reflection = *message.GetReflection();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor* field = descriptor.field(i);
      if (field->is_repeated()) continue;
      const std::string field_path = absl::StrCat(path, ".", field->name());
      if (reflection.HasField(message, field)) {
        if (field->message_type() == nullptr) continue;
        MINIDL_RETURN_IF_ERROR(
            Check(field_path, reflection.GetMessage(message, field)));
      } else if (locations.Contains(absl::StrCat(variant, ".", field_path)) &&
                 !Contains(cleared, field_path)) {
        return absl::InvalidArgumentError(absl::StrCat(
            variant, ".", field_path,
            " has the value that it has where it is not set, which changes "
            "nothing; expected clear: \"",
            field_path, "\""));
      }
    }
    return absl::OkStatus();
  }
};

// Reads studies' architectures.
class Loader {
 public:
  Loader(const std::string& path, Study& study) : path_(path), study_(study) {}

  absl::Status Load() {
    MINIDL_RETURN_IF_ERROR(
        ReadTextProto(path_, &study_.message, &study_.locations));
    MINIDL_RETURN_IF_ERROR(Locate(ValidateFields(study_.message)));
    for (int i = 0; i < study_.message.architecture_files_size(); ++i) {
      MINIDL_RETURN_IF_ERROR(
          AddArchitecture(absl::StrCat("architecture_files[", i, "]"),
                          study_.message.architecture_files(i)));
    }
    for (int i = 0; i < study_.message.variants_size(); ++i) {
      const proto::Variant& variant = study_.message.variants(i);
      const std::string field = absl::StrCat("variants[", i, "]");
      MINIDL_RETURN_IF_ERROR(AddVariant(field, variant));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Locate(const absl::Status& status) const {
    return study_.locations.Locate(status);
  }

  // The study's architecture in `file`, which its `field` names, and where its
  // fields are.
  absl::StatusOr<proto::Architecture> Read(
      const std::string& field, const std::string& file,
      TextProtoLocations& locations) const {
    absl::StatusOr<proto::Architecture> architecture =
        ReadArchitecture(ArchitecturePath(path_, file), &locations);
    if (architecture.ok() || absl::IsInvalidArgument(architecture.status())) {
      return architecture;
    }
    // It could not be read.
    return Locate(absl::Status(
        architecture.status().code(),
        absl::StrCat(field, ": ", architecture.status().message())));
  }

  absl::Status Add(const std::string& field,
                   proto::Configuration configuration) {
    const std::string& name = configuration.architecture().name();
    if (Contains(ConfigurationNames(study_), name)) {
      return Locate(absl::InvalidArgumentError(absl::StrCat(
          field, ": two architectures have the name \"", name, "\"")));
    }
    study_.configurations.push_back(std::move(configuration));
    return absl::OkStatus();
  }

  absl::Status AddArchitecture(const std::string& field,
                               const std::string& file) {
    TextProtoLocations locations;
    MINIDL_ASSIGN_OR_RETURN(const proto::Architecture architecture,
                            Read(field, file, locations));
    proto::Configuration configuration =
        MakeConfiguration(study_.message, architecture);
    MINIDL_RETURN_IF_ERROR(locations.Locate(ValidateBatches(configuration)));
    return Add(field, std::move(configuration));
  }

  absl::Status AddVariant(const std::string& field,
                          const proto::Variant& variant) {
    if (variant.architecture_file().empty()) {
      return Locate(absl::InvalidArgumentError(
          absl::StrCat(field, ".architecture_file is not set")));
    }
    TextProtoLocations locations;
    MINIDL_ASSIGN_OR_RETURN(const proto::Architecture architecture,
                            Read(absl::StrCat(field, ".architecture_file"),
                                 variant.architecture_file(), locations));
    const VariantChange change = {
        study_.locations,
        field,
        {variant.clear().begin(), variant.clear().end()}};
    MINIDL_RETURN_IF_ERROR(
        Locate(change.Check("architecture", variant.architecture())));
    MINIDL_RETURN_IF_ERROR(
        Locate(change.Check("training", variant.training())));
    proto::Configuration configuration =
        MakeConfiguration(study_.message, architecture);
    absl::Status status = ApplyVariant(variant, configuration);
    if (status.ok()) status = ValidateConfiguration(configuration);
    if (!status.ok()) {
      // Fields have the same names in both.
      return Locate(absl::Status(
          status.code(), absl::StrCat(field, ".", status.message(),
                                      " (variant \"", variant.name(), "\")")));
    }
    return Add(absl::StrCat(field, ".name"), std::move(configuration));
  }

  const std::string& path_;
  Study& study_;
};

}  // namespace

absl::StatusOr<proto::Architecture> ReadArchitecture(const std::string& path) {
  TextProtoLocations locations;
  return ReadArchitecture(path, &locations);
}

std::string ArchitecturePath(const std::string& study_path,
                             const std::string& architecture_file) {
  return (std::filesystem::path(study_path).parent_path() / architecture_file)
      .lexically_normal()
      .string();
}

absl::StatusOr<Study> LoadStudy(const std::string& path) {
  Study study;
  MINIDL_RETURN_IF_ERROR(Loader(path, study).Load());
  return study;
}

absl::Status SelectConfigurations(const std::vector<std::string>& names,
                                  Study& study) {
  std::vector<proto::Configuration> selected;
  for (const std::string& name : names) {
    const auto has_name = [&name](const proto::Configuration& configuration) {
      return configuration.architecture().name() == name;
    };
    if (std::any_of(selected.begin(), selected.end(), has_name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("architecture \"", name, "\" is named twice"));
    }
    const auto found = std::find_if(study.configurations.begin(),
                                    study.configurations.end(), has_name);
    if (found == study.configurations.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("no architecture \"", name, "\" in the study; it has ",
                       absl::StrJoin(ConfigurationNames(study), ", ")));
    }
    selected.push_back(*found);
  }
  study.configurations = std::move(selected);
  return absl::OkStatus();
}

std::vector<std::string> ConfigurationNames(const Study& study) {
  std::vector<std::string> names;
  for (const proto::Configuration& configuration : study.configurations) {
    names.push_back(configuration.architecture().name());
  }
  return names;
}

void SetSeed(uint64_t seed, Study& study) {
  study.message.set_seed(seed);
  for (proto::Configuration& configuration : study.configurations) {
    configuration.set_study_seed(seed);
  }
}

void SetEpochs(int epochs, Study& study) {
  study.message.mutable_training()->set_epochs(epochs);
  for (proto::Configuration& configuration : study.configurations) {
    configuration.mutable_training()->set_epochs(epochs);
  }
}

void SetDataSet(const std::string& name, Study& study) {
  study.message.set_data_set(name);
  for (proto::Configuration& configuration : study.configurations) {
    configuration.set_data_set(name);
  }
}

absl::Status ValidateStudy(const Study& study) {
  MINIDL_RETURN_IF_ERROR(ValidateFields(study.message));
  for (const proto::Configuration& configuration : study.configurations) {
    const absl::Status status = ValidateConfiguration(configuration);
    if (!status.ok()) {
      return absl::Status(
          status.code(), absl::StrCat("\"", configuration.architecture().name(),
                                      "\": ", status.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace minidl
