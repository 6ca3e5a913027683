#include "models/named_tensors.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/check.h"
#include "nn/parameter.h"
#include "proto/model.pb.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using TensorsByName = std::map<absl::string_view, Tensor<float>*>;

TensorsByName ByName(const std::vector<NamedBuffer>& tensors) {
  TensorsByName by_name;
  for (const NamedBuffer& named : tensors) {
    MINIDL_CHECK(by_name.emplace(named.name, named.tensor).second,
                 "two tensors are called ", named.name);
  }
  return by_name;
}

// Any numbers, which may make no Shape.
std::string ShapeText(absl::Span<const int64_t> sizes) {
  return absl::StrCat("[", absl::StrJoin(sizes, ", "), "]");
}

}  // namespace

std::vector<NamedBuffer> Values(const std::vector<NamedParameter>& parameters) {
  std::vector<NamedBuffer> values;
  values.reserve(parameters.size());
  for (const NamedParameter& named : parameters) {
    values.push_back({named.name, &named.parameter->value});
  }
  return values;
}

NamedTensors SaveTensors(const std::vector<NamedBuffer>& tensors) {
  NamedTensors saved;
  for (const NamedBuffer& named : tensors) {
    proto::NamedTensor& message = *saved.Add();
    message.set_name(named.name);
    const absl::Span<const int64_t> shape = named.tensor->shape().sizes();
    message.mutable_shape()->Assign(shape.begin(), shape.end());
    const absl::Span<const float> values = named.tensor->values();
    message.mutable_values()->Assign(values.begin(), values.end());
  }
  return saved;
}

absl::Status CheckTensors(const std::string& field, const NamedTensors& saved,
                          const std::vector<NamedBuffer>& tensors) {
  const TensorsByName by_name = ByName(tensors);
  std::set<absl::string_view> found;
  for (const proto::NamedTensor& message : saved) {
    const std::string where = absl::StrCat(field, ": \"", message.name(), "\"");
    const auto named = by_name.find(message.name());
    if (named == by_name.end()) {
      return absl::FailedPreconditionError(
          absl::StrCat(where, " is none of the ", tensors.size(), " expected"));
    }
    if (!found.insert(message.name()).second) {
      return absl::FailedPreconditionError(
          absl::StrCat(where, " is there twice"));
    }
    const Tensor<float>& tensor = *named->second;
    const absl::Span<const int64_t> shape = tensor.shape().sizes();
    if (!std::equal(shape.begin(), shape.end(), message.shape().begin(),
                    message.shape().end())) {
      return absl::FailedPreconditionError(
          absl::StrCat(where, " has shape ", ShapeText(message.shape()),
                       "; expected ", ShapeText(shape)));
    }
    if (message.values().size() != tensor.size()) {
      return absl::FailedPreconditionError(absl::StrCat(
          where, " has ", message.values().size(), " values; expected ",
          tensor.size(), ", as its shape ", ShapeText(shape), " says"));
    }
  }
  for (const NamedBuffer& named : tensors) {
    if (found.count(named.name) == 0) {
      return absl::FailedPreconditionError(
          absl::StrCat(field, ": \"", named.name, "\" is missing"));
    }
  }
  return absl::OkStatus();
}

void RestoreTensors(const NamedTensors& saved,
                    const std::vector<NamedBuffer>& tensors) {
  const TensorsByName by_name = ByName(tensors);
  for (const proto::NamedTensor& message : saved) {
    Tensor<float>& tensor = *by_name.at(message.name());
    MINIDL_CHECK(message.values().size() == tensor.size(),
                 "RestoreTensors: ", message.name(), " has ",
                 message.values().size(), " values");
    std::copy(message.values().begin(), message.values().end(), tensor.data());
  }
}

}  // namespace minidl
