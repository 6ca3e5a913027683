#include "interchange/onnx_graph.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "onnx/onnx.pb.h"
#include "proto/model.pb.h"

namespace minidl {
namespace {

void SetValueInfo(const std::string& name, const std::string& symbolic,
                  absl::Span<const int64_t> sizes, onnx::ValueInfoProto* info) {
  info->set_name(name);
  onnx::TypeProto::Tensor& type = *info->mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape()->add_dim()->set_dim_param(symbolic);
  for (const int64_t size : sizes) {
    type.mutable_shape()->add_dim()->set_dim_value(size);
  }
}

}  // namespace

onnx::AttributeProto& OnnxAttributes::Add(
    absl::string_view name, onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto& attribute = attributes_.emplace_back();
  attribute.set_name(std::string(name));
  attribute.set_type(type);
  return attribute;
}

OnnxAttributes& OnnxAttributes::Int(absl::string_view name, int64_t value) {
  Add(name, onnx::AttributeProto::INT).set_i(value);
  return *this;
}

OnnxAttributes& OnnxAttributes::Ints(absl::string_view name,
                                     absl::Span<const int64_t> value) {
  Add(name, onnx::AttributeProto::INTS)
      .mutable_ints()
      ->Assign(value.begin(), value.end());
  return *this;
}

OnnxAttributes& OnnxAttributes::Float(absl::string_view name, double value) {
  Add(name, onnx::AttributeProto::FLOAT).set_f(static_cast<float>(value));
  return *this;
}

void OnnxGraph::AddInput(const std::string& name, const std::string& symbolic,
                         absl::Span<const int64_t> sizes) {
  SetValueInfo(name, symbolic, sizes, graph_.add_input());
}

void OnnxGraph::AddOutput(const std::string& name, const std::string& symbolic,
                          absl::Span<const int64_t> sizes) {
  SetValueInfo(name, symbolic, sizes, graph_.add_output());
}

std::string OnnxGraph::AddTensor(const proto::NamedTensor& tensor) {
  return AddFloats(tensor.name(), tensor.shape(), tensor.values());
}

std::string OnnxGraph::AddFloats(const std::string& name,
                                 absl::Span<const int64_t> shape,
                                 absl::Span<const float> values) {
  onnx::TensorProto& constant = *graph_.add_initializer();
  constant.set_name(name);
  constant.set_data_type(onnx::TensorProto::FLOAT);
  constant.mutable_dims()->Assign(shape.begin(), shape.end());
  constant.mutable_float_data()->Assign(values.begin(), values.end());
  return name;
}

std::string OnnxGraph::AddInts(const std::string& name,
                               absl::Span<const int64_t> values) {
  onnx::TensorProto& constant = *graph_.add_initializer();
  constant.set_name(name);
  constant.set_data_type(onnx::TensorProto::INT64);
  constant.add_dims(static_cast<int64_t>(values.size()));
  constant.mutable_int64_data()->Assign(values.begin(), values.end());
  return name;
}

std::string OnnxGraph::AddNode(const std::string& name, const std::string& type,
                               const std::vector<std::string>& inputs,
                               const OnnxAttributes& attributes) {
  onnx::NodeProto& node = *graph_.add_node();
  node.set_name(name);
  node.set_op_type(type);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(name);
  for (const onnx::AttributeProto& attribute : attributes.attributes()) {
    *node.add_attribute() = attribute;
  }
  return name;
}

}  // namespace minidl
