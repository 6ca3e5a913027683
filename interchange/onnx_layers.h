#ifndef MINIDL_INTERCHANGE_ONNX_LAYERS_H_
#define MINIDL_INTERCHANGE_ONNX_LAYERS_H_

#include <map>
#include <string>

#include "google/protobuf/repeated_field.h"
#include "interchange/onnx_graph.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"

namespace minidl {

// Tensors of a model, by their names.
using TensorsByName = std::map<std::string, const proto::NamedTensor*>;

// Writes `layers`, which BuildLayers takes, as they are in evaluation mode, and
// returns what they give: `input` itself if there are none. `name` is what the
// names of their tensors begin with, such as "branch.0": layer i has the
// tensors "`name`.i.weight", ..., which are in `tensors` and are written too,
// and gives the value "`name`.i".
std::string AddOnnxLayers(
    const google::protobuf::RepeatedPtrField<proto::Layer>& layers,
    const std::string& name, const std::string& input,
    const TensorsByName& tensors, OnnxGraph& graph);

}  // namespace minidl

#endif  // MINIDL_INTERCHANGE_ONNX_LAYERS_H_
