#include "experiments/variant.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "experiments/configuration.h"
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

// "epochs, batch_size, ...".
std::string FieldNames(const Descriptor& descriptor) {
  std::vector<std::string> names;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    names.push_back(descriptor.field(i)->name());
  }
  return absl::StrJoin(names, ", ");
}

// Removes what is at `path`, the steps below `message`; `what` is its name.
// Which fields exist does not depend on which are set.
absl::Status ClearPath(const std::string& what,
                       const std::vector<std::string>& path, size_t step,
                       Message& message) {
  const Descriptor& descriptor = *message.GetDescriptor();
  const FieldDescriptor* field = descriptor.FindFieldByName(path[step]);
  if (field == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        what, ", but there is no \"", path[step], "\" in ", descriptor.name(),
        ", which has ", FieldNames(descriptor)));
  }
  const Reflection& reflection = *message.GetReflection();
  if (step + 1 == path.size()) {
    reflection.ClearField(&message, field);
    return absl::OkStatus();
  }
  if (field->message_type() == nullptr || field->is_repeated()) {
    return absl::InvalidArgumentError(absl::StrCat(
        what, ", but ", field->name(), " can be cleared as a whole only"));
  }
  if (reflection.HasField(message, field)) {
    return ClearPath(what, path, step + 1,
                     *reflection.MutableMessage(&message, field));
  }
  // Nothing is there, but the rest of the path may be wrong.
  const std::unique_ptr<Message> unset(
      reflection.GetMessage(message, field).New());
  return ClearPath(what, path, step + 1, *unset);
}

absl::Status Clear(const std::string& field, const std::string& path,
                   proto::Configuration& configuration) {
  const std::vector<std::string> steps = absl::StrSplit(path, '.');
  const std::string what = absl::StrCat(field, " is \"", path, "\"");
  if (steps[0] != "architecture" && steps[0] != "training") {
    return absl::InvalidArgumentError(
        absl::StrCat(what,
                     "; expected a field such as \"training.augmentation\" or "
                     "\"architecture.head\""));
  }
  return ClearPath(what, steps, 0, configuration);
}

// Lists of `from` take the place of those in `to`, where MergeFrom would append
// them.
void ClearRepeatedFields(const Message& from, Message& to) {
  std::vector<const FieldDescriptor*> fields;
  from.GetReflection()->ListFields(from, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated()) {
      to.GetReflection()->ClearField(&to, field);
    } else if (field->message_type() != nullptr &&
               to.GetReflection()->HasField(to, field)) {
      ClearRepeatedFields(from.GetReflection()->GetMessage(from, field),
                          *to.GetReflection()->MutableMessage(&to, field));
    }
  }
}

template <typename T>
void MergeFields(const T& from, T& to) {
  ClearRepeatedFields(from, to);
  to.MergeFrom(from);
}

absl::Status CheckArchitecture(const proto::Architecture& architecture) {
  const auto set = [](const char* field, const char* instead) {
    return absl::InvalidArgumentError(absl::StrCat(
        "architecture.", field, " is set; expected it in ", instead));
  };
  constexpr char kFile[] = "a file of its own";
  if (!architecture.branch().empty()) return set("branch", kFile);
  if (!architecture.head().empty()) return set("head", kFile);
  constexpr char kVariant[] = "the variant itself";
  if (!architecture.name().empty()) return set("name", kVariant);
  if (!architecture.description().empty()) return set("description", kVariant);
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyVariant(const proto::Variant& variant,
                          proto::Configuration& configuration) {
  MINIDL_RETURN_IF_ERROR(CheckName("name", variant.name()));
  MINIDL_RETURN_IF_ERROR(CheckArchitecture(variant.architecture()));
  for (int i = 0; i < variant.clear_size(); ++i) {
    MINIDL_RETURN_IF_ERROR(
        Clear(absl::StrCat("clear[", i, "]"), variant.clear(i), configuration));
  }
  MergeFields(variant.architecture(), *configuration.mutable_architecture());
  MergeFields(variant.training(), *configuration.mutable_training());
  configuration.mutable_architecture()->set_name(variant.name());
  configuration.mutable_architecture()->set_description(variant.description());
  if (variant.train_pairs() != 0) {
    configuration.set_train_pairs(variant.train_pairs());
  }
  return absl::OkStatus();
}

}  // namespace minidl
