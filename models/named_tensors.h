#ifndef MINIDL_MODELS_NAMED_TENSORS_H_
#define MINIDL_MODELS_NAMED_TENSORS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/repeated_field.h"
#include "nn/parameter.h"
#include "proto/model.pb.h"

namespace minidl {

using NamedTensors = google::protobuf::RepeatedPtrField<proto::NamedTensor>;

// The values of `parameters`, which stay theirs, under their names.
std::vector<NamedBuffer> Values(const std::vector<NamedParameter>& parameters);

// `tensors` as messages, in their order.
NamedTensors SaveTensors(const std::vector<NamedBuffer>& tensors);

// OK if `saved` has one message for each of `tensors`, in any order, of its
// name and shape, and no other. FailedPrecondition otherwise; `field` is what
// the error calls `saved`: "parameters".
absl::Status CheckTensors(const std::string& field, const NamedTensors& saved,
                          const std::vector<NamedBuffer>& tensors);

// Gives `tensors` the values of `saved`, which CheckTensors has found to be
// theirs.
void RestoreTensors(const NamedTensors& saved,
                    const std::vector<NamedBuffer>& tensors);

}  // namespace minidl

#endif  // MINIDL_MODELS_NAMED_TENSORS_H_
