#ifndef MINIDL_NN_BUILD_LAYERS_H_
#define MINIDL_NN_BUILD_LAYERS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "nn/sequential.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/shape.h"

namespace minidl {

// Where the modules of a network get their random numbers.
struct NetworkGenerators {
  Generator& initialization;  // Drawn from while the network is built.
  Generator& dropout;         // In training; must outlive the network.
};

// Builds `layers` for examples of shape `input`, from which each layer's input
// sizes follow. `initialization` is that of layers that do not say their own.
// InvalidArgument for a wrong field or a shape that does not fit, such as
// "branch[3].linear.out_features is 0; expected at least 1" where `path` is
// "branch".
template <typename T>
absl::StatusOr<std::unique_ptr<BasicSequential<T>>> BuildLayers(
    const google::protobuf::RepeatedPtrField<proto::Layer>& layers,
    const std::string& path, const Shape& input,
    const NetworkGenerators& generators,
    proto::Initialization initialization = proto::INITIALIZATION_UNSPECIFIED);

}  // namespace minidl

#endif  // MINIDL_NN_BUILD_LAYERS_H_
