#include "interchange/safetensors_model.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "google/protobuf/repeated_field.h"
#include "google/protobuf/util/json_util.h"
#include "interchange/model_metadata.h"
#include "interchange/safetensors.h"
#include "models/network_state.h"
#include "nn/pair_ensemble.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr PairImages kDefaultImages = {14, 14, 10};

// Weights for which memory is asked whatever the file has.
constexpr int64_t kSmallNetwork = 1 << 20;

using Metadata = std::map<std::string, std::string>;
using EntriesByName = std::map<absl::string_view, const SafetensorsEntry*>;

absl::Status MetadataError(absl::string_view key, absl::string_view value,
                           absl::string_view expected) {
  return absl::FailedPreconditionError(
      absl::StrCat("its metadata \"", key, "\" is ", QuotedForMessage(value),
                   "; expected ", expected));
}

// The number that the metadata call `key`, or nullopt if there is none.
template <typename Number>
absl::StatusOr<std::optional<Number>> NumberOf(
    const Metadata& metadata, const std::string& key,
    bool (*parse)(absl::string_view, Number*), absl::string_view expected) {
  const auto value = metadata.find(key);
  if (value == metadata.end()) return std::optional<Number>();
  Number number;
  if (!parse(value->second, &number)) {
    return MetadataError(key, value->second, expected);
  }
  return std::optional<Number>(number);
}

absl::StatusOr<int64_t> SizeOf(const Metadata& metadata, const std::string& key,
                               int64_t default_value) {
  MINIDL_ASSIGN_OR_RETURN(
      const std::optional<int64_t> size,
      NumberOf<int64_t>(metadata, key, absl::SimpleAtoi, "an integer"));
  return size.value_or(default_value);
}

absl::StatusOr<proto::Architecture> ArchitectureOf(
    const Metadata& metadata, const SafetensorsImportOptions& options) {
  if (options.architecture.has_value()) return *options.architecture;
  const auto json = metadata.find("architecture");
  if (json == metadata.end()) {
    return absl::InvalidArgumentError(
        "its metadata do not say the architecture; name the architecture's "
        "file");
  }
  proto::Architecture architecture;
  const auto status =
      google::protobuf::util::JsonStringToMessage(json->second, &architecture);
  if (!status.ok()) {
    return MetadataError(
        "architecture", json->second,
        absl::StrCat("a ", architecture.GetTypeName(), " message in JSON"));
  }
  return architecture;
}

absl::StatusOr<proto::InputNormalization> InputNormalizationOf(
    const Metadata& metadata, const SafetensorsImportOptions& options) {
  if (options.input_normalization.has_value()) {
    return *options.input_normalization;
  }
  const auto number = [&metadata](const std::string& key) {
    return NumberOf<double>(metadata, key, absl::SimpleAtod, "a number");
  };
  MINIDL_ASSIGN_OR_RETURN(const std::optional<double> mean,
                          number("input_mean"));
  MINIDL_ASSIGN_OR_RETURN(const std::optional<double> deviation,
                          number("input_deviation"));
  if (!mean.has_value() || !deviation.has_value()) {
    return absl::InvalidArgumentError(
        "its metadata do not say the mean and the deviation of the training "
        "set's pixels, 0 to 255; name them, or 0 and 1 for a network that "
        "takes the pixels as they are");
  }
  proto::InputNormalization normalization;
  normalization.set_mean(*mean);
  normalization.set_deviation(*deviation);
  return normalization;
}

absl::Status CheckNormalization(const proto::InputNormalization& done) {
  if (std::isfinite(done.mean()) && std::isfinite(done.deviation()) &&
      done.deviation() >= 0) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "the mean of the inputs is ", done.mean(), " and their deviation ",
      done.deviation(), "; expected finite numbers, the latter at least 0"));
}

std::string ShapeText(absl::Span<const int64_t> sizes) {
  return absl::StrCat("[", absl::StrJoin(sizes, ", "), "]");
}

bool IsIgnored(absl::string_view name) {
  return absl::EndsWith(name, ".num_batches_tracked");
}

// Takes the values of `expected` out of `entries`.
absl::StatusOr<proto::NamedTensor> TakeTensor(const NamedBuffer& expected,
                                              EntriesByName& entries) {
  const auto found = entries.find(expected.name);
  const std::string where = absl::StrCat("tensor \"", expected.name, "\"");
  if (found == entries.end()) {
    return absl::FailedPreconditionError(absl::StrCat(where, " is missing"));
  }
  const SafetensorsEntry& entry = *found->second;
  entries.erase(found);
  if (entry.dtype != "F32") {
    return absl::FailedPreconditionError(
        absl::StrCat(where, " has dtype ", entry.dtype, "; expected F32"));
  }
  const absl::Span<const int64_t> shape = expected.tensor->shape().sizes();
  if (absl::MakeConstSpan(entry.shape) != shape) {
    return absl::FailedPreconditionError(
        absl::StrCat(where, " has shape ", ShapeText(entry.shape),
                     "; expected ", ShapeText(shape)));
  }
  proto::NamedTensor tensor;
  tensor.set_name(expected.name);
  tensor.mutable_shape()->Assign(shape.begin(), shape.end());
  // As many values as the shape says: ParseSafetensors has found so.
  google::protobuf::RepeatedField<float>& values = *tensor.mutable_values();
  values.Resize(static_cast<int>(entry.data.size() / sizeof(float)), 0);
  std::memcpy(values.mutable_data(), entry.data.data(), entry.data.size());
  return tensor;
}

}  // namespace

absl::StatusOr<std::string> SafetensorsFile(const proto::Model& model) {
  Generator dropout(/*seed=*/0);  // Nothing is dropped.
  MINIDL_RETURN_IF_ERROR(LoadPairEnsemble(model, dropout).status());
  Metadata metadata = ModelMetadata(model);
  // What Hugging Face's libraries look for: tensors as PyTorch lays them out.
  metadata["format"] = "pt";
  std::vector<const proto::NamedTensor*> tensors;
  for (const auto* list : {&model.parameters(), &model.buffers()}) {
    for (const proto::NamedTensor& tensor : *list) tensors.push_back(&tensor);
  }
  return SerializeSafetensors(metadata, tensors);
}

absl::StatusOr<proto::Model> ImportSafetensors(
    absl::string_view bytes, const SafetensorsImportOptions& options) {
  absl::StatusOr<Safetensors> parsed = ParseSafetensors(bytes);
  if (!parsed.ok()) {
    return absl::Status(
        parsed.status().code(),
        absl::StrCat("it is no safetensors file, or a corrupt one: ",
                     parsed.status().message()));
  }
  const Safetensors& file = *parsed;
  proto::Model model;
  MINIDL_ASSIGN_OR_RETURN(*model.mutable_architecture(),
                          ArchitectureOf(file.metadata, options));
  MINIDL_ASSIGN_OR_RETURN(*model.mutable_input_normalization(),
                          InputNormalizationOf(file.metadata, options));
  MINIDL_RETURN_IF_ERROR(CheckNormalization(model.input_normalization()));
  MINIDL_ASSIGN_OR_RETURN(const int64_t height, SizeOf(file.metadata, "height",
                                                       kDefaultImages.height));
  MINIDL_ASSIGN_OR_RETURN(const int64_t width,
                          SizeOf(file.metadata, "width", kDefaultImages.width));
  MINIDL_ASSIGN_OR_RETURN(
      const int64_t num_classes,
      SizeOf(file.metadata, "num_classes", kDefaultImages.num_classes));
  model.set_height(height);
  model.set_width(width);
  model.set_num_classes(num_classes);

  EntriesByName entries;
  // No network of more weights than the file has bytes, unless it is small:
  // then the first tensor that is not as it should be is named.
  int64_t num_elements = kSmallNetwork;
  for (const SafetensorsEntry& entry : file.entries) {
    if (IsIgnored(entry.name)) continue;
    entries[entry.name] = &entry;
    num_elements += static_cast<int64_t>(entry.data.size());
  }
  Generator generator(/*seed=*/0);  // What it draws is not used.
  MINIDL_ASSIGN_OR_RETURN(
      const std::unique_ptr<PairEnsemble> ensemble,
      CreatePairEnsemble(model, {generator, generator, &num_elements}));
  for (const NamedParameter& named : ensemble->Parameters()) {
    MINIDL_ASSIGN_OR_RETURN(
        *model.add_parameters(),
        TakeTensor({named.name, &named.parameter->value}, entries));
  }
  for (const NamedBuffer& named : ensemble->Buffers()) {
    MINIDL_ASSIGN_OR_RETURN(*model.add_buffers(), TakeTensor(named, entries));
  }
  if (!entries.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "tensor ", QuotedForMessage(entries.begin()->first), " is none of the ",
        model.parameters_size() + model.buffers_size(),
        " of the architecture"));
  }
  return model;
}

}  // namespace minidl
