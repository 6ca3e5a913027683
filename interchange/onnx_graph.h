#ifndef MINIDL_INTERCHANGE_ONNX_GRAPH_H_
#define MINIDL_INTERCHANGE_ONNX_GRAPH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "onnx/onnx.pb.h"
#include "proto/model.pb.h"

namespace minidl {

// Attributes of an ONNX node.
class OnnxAttributes {
 public:
  OnnxAttributes& Int(absl::string_view name, int64_t value);
  OnnxAttributes& Ints(absl::string_view name, absl::Span<const int64_t> value);
  OnnxAttributes& Float(absl::string_view name, double value);

  const std::vector<onnx::AttributeProto>& attributes() const {
    return attributes_;
  }

 private:
  onnx::AttributeProto& Add(absl::string_view name,
                            onnx::AttributeProto::AttributeType type);

  std::vector<onnx::AttributeProto> attributes_;
};

// Writes an ONNX graph node by node, in an order in which every value exists
// before it is used. A value is its name, and a node is called as the one value
// that it gives; names differ.
class OnnxGraph {
 public:
  // Appends to `graph`, which must outlive this.
  explicit OnnxGraph(onnx::GraphProto* graph) : graph_(*graph) {}

  // An input or output of floats. A dimension of `symbolic` sizes is a name,
  // such as "N", and stands before `sizes`.
  void AddInput(const std::string& name, const std::string& symbolic,
                absl::Span<const int64_t> sizes);
  void AddOutput(const std::string& name, const std::string& symbolic,
                 absl::Span<const int64_t> sizes);

  // Constants; each returns its name.
  std::string AddTensor(const proto::NamedTensor& tensor);
  std::string AddFloats(const std::string& name,
                        absl::Span<const int64_t> shape,
                        absl::Span<const float> values);
  std::string AddFloat(const std::string& name, float value) {
    return AddFloats(name, {}, {value});
  }
  // Of one dimension.
  std::string AddInts(const std::string& name,
                      absl::Span<const int64_t> values);

  // A node of the operator `type`, such as "Gemm"; returns the name.
  std::string AddNode(const std::string& name, const std::string& type,
                      const std::vector<std::string>& inputs,
                      const OnnxAttributes& attributes = {});

 private:
  onnx::GraphProto& graph_;
};

}  // namespace minidl

#endif  // MINIDL_INTERCHANGE_ONNX_GRAPH_H_
