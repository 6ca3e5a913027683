#include "interchange/onnx_layers.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "google/protobuf/repeated_field.h"
#include "interchange/onnx_graph.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"

namespace minidl {
namespace {

// For fields of which 0 means something else: see architecture.proto.
template <typename T>
T OrDefault(T value, T default_value) {
  return value == 0 ? default_value : value;
}

// What a layer is written with, besides its own message.
struct Site {
  std::string name;   // Of its value, and what its tensors' names begin with.
  std::string input;  // The value that it is applied to.
  const TensorsByName& tensors;
  OnnxGraph& graph;

  // Writes the tensor of this name.
  std::string Tensor(absl::string_view suffix) const {
    return graph.AddTensor(*tensors.at(absl::StrCat(name, ".", suffix)));
  }
  std::vector<std::string> InputAndTensors(
      const std::vector<absl::string_view>& suffixes) const {
    std::vector<std::string> inputs = {input};
    for (const absl::string_view suffix : suffixes) {
      inputs.push_back(Tensor(suffix));
    }
    return inputs;
  }
  // The layer's only node, or its last one.
  std::string Node(const std::string& type,
                   const std::vector<std::string>& inputs,
                   const OnnxAttributes& attributes = {}) const {
    return graph.AddNode(name, type, inputs, attributes);
  }
  // One of several nodes, called after what it does.
  std::string Step(const std::string& step, const std::string& type,
                   const std::vector<std::string>& inputs) const {
    return graph.AddNode(absl::StrCat(name, "/", step), type, inputs);
  }
  // Of layers in this one, which are called `suffix`.
  std::string Inner(
      const google::protobuf::RepeatedPtrField<proto::Layer>& layers,
      absl::string_view suffix) const {
    return AddOnnxLayers(layers, absl::StrCat(name, suffix), input, tensors,
                         graph);
  }
};

// The attributes of convolution and pooling, which are the same in both
// directions.
OnnxAttributes WindowAttributes(int64_t kernel_size, int64_t stride) {
  OnnxAttributes attributes;
  attributes.Ints("kernel_shape", {kernel_size, kernel_size});
  attributes.Ints("strides", {stride, stride});
  return attributes;
}

// At the beginning and the end of both directions.
void AddPads(int64_t padding, OnnxAttributes& attributes) {
  attributes.Ints("pads", {padding, padding, padding, padding});
}

// One function for each kind of layer, which returns its value. They are the
// operators of ONNX's operator set 17:
// https://github.com/onnx/onnx/blob/v1.12.0/docs/Operators.md

std::string Add(const proto::Linear& /*linear*/, const Site& site) {
  // PyTorch's weight is out_features × in_features.
  return site.Node("Gemm", site.InputAndTensors({"weight", "bias"}),
                   OnnxAttributes().Int("transB", 1));
}

std::string Add(const proto::Conv2d& conv2d, const Site& site) {
  const int64_t dilation = OrDefault<int64_t>(conv2d.dilation(), 1);
  OnnxAttributes attributes = WindowAttributes(
      conv2d.kernel_size(), OrDefault<int64_t>(conv2d.stride(), 1));
  AddPads(conv2d.padding(), attributes);
  attributes.Ints("dilations", {dilation, dilation});
  return site.Node("Conv", site.InputAndTensors({"weight", "bias"}),
                   attributes);
}

std::string Add(const proto::MaxPool2d& pool, const Site& site) {
  return site.Node(
      "MaxPool", {site.input},
      WindowAttributes(pool.kernel_size(),
                       OrDefault(pool.stride(), pool.kernel_size())));
}

std::string Add(const proto::AvgPool2d& pool, const Site& site) {
  OnnxAttributes attributes = WindowAttributes(
      pool.kernel_size(), OrDefault(pool.stride(), pool.kernel_size()));
  AddPads(pool.padding(), attributes);
  attributes.Int("count_include_pad", 1);
  return site.Node("AveragePool", {site.input}, attributes);
}

std::string Add(const proto::ReLU& /*relu*/, const Site& site) {
  return site.Node("Relu", {site.input});
}

std::string Add(const proto::LeakyReLU& leaky_relu, const Site& site) {
  return site.Node("LeakyRelu", {site.input},
                   OnnxAttributes().Float(
                       "alpha", OrDefault(leaky_relu.negative_slope(), 0.01)));
}

// x / 2 (1 + erf(x / sqrt(2))): operator sets before 20 have no Gelu.
std::string Add(const proto::GELU& /*gelu*/, const Site& site) {
  const auto constant = [&site](absl::string_view name, double value) {
    return site.graph.AddFloat(absl::StrCat(site.name, "/", name),
                               static_cast<float>(value));
  };
  const std::string scaled = site.Step(
      "scaled", "Mul", {site.input, constant("sqrt_half", std::sqrt(0.5))});
  const std::string erf = site.Step("erf", "Erf", {scaled});
  const std::string sum = site.Step("sum", "Add", {erf, constant("one", 1)});
  const std::string half =
      site.Step("half_input", "Mul", {site.input, constant("half", 0.5)});
  return site.Node("Mul", {half, sum});
}

std::string Add(const proto::Tanh& /*tanh*/, const Site& site) {
  return site.Node("Tanh", {site.input});
}

std::string Add(const proto::Sigmoid& /*sigmoid*/, const Site& site) {
  return site.Node("Sigmoid", {site.input});
}

std::string Add(const proto::Flatten& /*flatten*/, const Site& site) {
  return site.Node("Flatten", {site.input}, OnnxAttributes().Int("axis", 1));
}

// In evaluation mode the identity.
std::string Add(const proto::Dropout& /*dropout*/, const Site& site) {
  return site.input;
}

// `Message` is BatchNorm1d or BatchNorm2d.
template <typename Message>
std::string AddBatchNorm(const Message& batch_norm, const Site& site) {
  return site.Node(
      "BatchNormalization",
      site.InputAndTensors({"weight", "bias", "running_mean", "running_var"}),
      OnnxAttributes().Float("epsilon", OrDefault(batch_norm.epsilon(), 1e-5)));
}

std::string Add(const proto::BatchNorm1d& batch_norm, const Site& site) {
  return AddBatchNorm(batch_norm, site);
}

std::string Add(const proto::BatchNorm2d& batch_norm, const Site& site) {
  return AddBatchNorm(batch_norm, site);
}

std::string Add(const proto::LayerNorm& layer_norm, const Site& site) {
  // The first of the normalised dimensions, counted from the end; without any,
  // the one after the batch's.
  const int64_t axis = layer_norm.normalized_shape().empty()
                           ? 1
                           : -layer_norm.normalized_shape_size();
  return site.Node(
      "LayerNormalization", site.InputAndTensors({"weight", "bias"}),
      OnnxAttributes()
          .Int("axis", axis)
          .Float("epsilon", OrDefault(layer_norm.epsilon(), 1e-5)));
}

std::string Add(const proto::Residual& residual, const Site& site) {
  const std::string layers = site.Inner(residual.layers(), ".layers");
  const std::string shortcut = site.Inner(residual.shortcut(), ".shortcut");
  return site.Node("Add", {layers, shortcut});
}

std::string Add(const proto::Sequential& sequential, const Site& site) {
  return site.Inner(sequential.layers(), "");
}

std::string AddLayer(const proto::Layer& layer, const Site& site) {
  switch (layer.kind_case()) {
    case proto::Layer::kLinear:
      return Add(layer.linear(), site);
    case proto::Layer::kConv2D:
      return Add(layer.conv2d(), site);
    case proto::Layer::kMaxPool2D:
      return Add(layer.max_pool2d(), site);
    case proto::Layer::kAvgPool2D:
      return Add(layer.avg_pool2d(), site);
    case proto::Layer::kRelu:
      return Add(layer.relu(), site);
    case proto::Layer::kLeakyRelu:
      return Add(layer.leaky_relu(), site);
    case proto::Layer::kGelu:
      return Add(layer.gelu(), site);
    case proto::Layer::kTanh:
      return Add(layer.tanh(), site);
    case proto::Layer::kSigmoid:
      return Add(layer.sigmoid(), site);
    case proto::Layer::kFlatten:
      return Add(layer.flatten(), site);
    case proto::Layer::kDropout:
      return Add(layer.dropout(), site);
    case proto::Layer::kBatchNorm1D:
      return Add(layer.batch_norm1d(), site);
    case proto::Layer::kBatchNorm2D:
      return Add(layer.batch_norm2d(), site);
    case proto::Layer::kLayerNorm:
      return Add(layer.layer_norm(), site);
    case proto::Layer::kResidual:
      return Add(layer.residual(), site);
    case proto::Layer::kSequential:
      return Add(layer.sequential(), site);
    case proto::Layer::KIND_NOT_SET:
      break;
  }
  MINIDL_CHECK(false, site.name, " is no layer");
}

}  // namespace

std::string AddOnnxLayers(
    const google::protobuf::RepeatedPtrField<proto::Layer>& layers,
    const std::string& name, const std::string& input,
    const TensorsByName& tensors, OnnxGraph& graph) {
  std::string value = input;
  for (int i = 0; i < layers.size(); ++i) {
    value = AddLayer(layers[i],
                     {absl::StrCat(name, ".", i), value, tensors, graph});
  }
  return value;
}

}  // namespace minidl
