#include "nn/build_layers.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/check_field.h"
#include "base/status_macros.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/repeated_field.h"
#include "nn/avg_pool2d.h"
#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/dropout.h"
#include "nn/flatten.h"
#include "nn/gelu.h"
#include "nn/initialization.h"
#include "nn/layer_norm.h"
#include "nn/leaky_relu.h"
#include "nn/linear.h"
#include "nn/max_pool2d.h"
#include "nn/module.h"
#include "nn/relu.h"
#include "nn/residual.h"
#include "nn/sequential.h"
#include "nn/sigmoid.h"
#include "nn/tanh.h"
#include "proto/architecture.pb.h"
#include "tensor/conv2d.h"
#include "tensor/shape.h"

namespace minidl {
namespace {

using ::google::protobuf::RepeatedPtrField;

// Far beyond what this is for, and small enough that a slip of the finger is an
// error and not a request for all memory: the largest size in a field, and the
// most elements of a layer's weight or of its output for one example.
constexpr int64_t kMaxSize = 1 << 16;
constexpr int64_t kMaxNumElements = 1 << 26;
// Layers within layers: a binary protobuf holds 100 messages within messages.
constexpr int kMaxDepth = 20;

absl::Status CheckSize(const std::string& field, int64_t value,
                       int64_t smallest) {
  if (smallest <= value && value <= kMaxSize) return absl::OkStatus();
  return FieldError(field, value,
                    value < smallest ? absl::StrCat("at least ", smallest)
                                     : absl::StrCat("at most ", kMaxSize));
}

// For fields of which 0 means something else.
int64_t OrDefault(int64_t value, int64_t default_value) {
  return value == 0 ? default_value : value;
}

// Before anything of `shape` exists. `what` is "branch[0].conv2d: the weight".
absl::Status CheckNumElements(const std::string& what, const Shape& shape) {
  double count = 1;  // An integer could overflow.
  for (const int64_t size : shape.sizes()) count *= static_cast<double>(size);
  if (count <= kMaxNumElements) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, " has shape ", shape.ToString(), "; expected at most ",
                   kMaxNumElements, " elements"));
}

// What a layer is built from, besides its own message.
struct Site {
  std::string path;  // What errors call it: "branch[3].conv2d".
  Shape input;       // Of an example.
  const NetworkGenerators& generators;
  proto::Initialization initialization;  // Unless the layer says another one.
  int depth = 0;                         // Number of layers around it.

  std::string Field(const char* name) const {
    return absl::StrCat(path, ".", name);
  }
  // Of the layers in the field `name` of this one.
  Site Inner(const char* name) const {
    return {Field(name), input, generators, initialization, depth + 1};
  }
};

// Before the site's module has a weight of `shape`.
absl::Status CheckWeight(const Site& site, const Shape& shape) {
  MINIDL_RETURN_IF_ERROR(
      CheckNumElements(absl::StrCat(site.path, ": the weight"), shape));
  int64_t* left = site.generators.weight_elements;
  if (left == nullptr) return absl::OkStatus();
  if (shape.num_elements() > *left) {
    return absl::InvalidArgumentError(absl::StrCat(
        site.path, ": the weight has shape ", shape.ToString(),
        "; expected at most ", *left, " elements, which other weights leave"));
  }
  *left -= shape.num_elements();
  return absl::OkStatus();
}

// "conv2d", or "" if none is set.
std::string KindName(const proto::Layer& layer) {
  const google::protobuf::FieldDescriptor* field =
      proto::Layer::descriptor()->FindFieldByNumber(layer.kind_case());
  return field == nullptr ? "" : field->name();
}

absl::Status DoesNotFit(const Site& site, const std::string& needed,
                        const std::string& hint = "") {
  return absl::InvalidArgumentError(
      absl::StrCat(site.path, " needs inputs of shape ", needed, ", not ",
                   site.input.ToString(), hint));
}

absl::StatusOr<Initialization> InitializationOf(
    proto::Initialization initialization, const Site& site) {
  std::string field = site.Field("initialization");
  if (initialization == proto::INITIALIZATION_UNSPECIFIED) {
    initialization = site.initialization;
    field = "initialization";
  }
  switch (initialization) {
    case proto::INITIALIZATION_UNSPECIFIED:
    case proto::PYTORCH_DEFAULT:
      return Initialization::kPyTorchDefault;
    case proto::XAVIER_UNIFORM:
      return Initialization::kXavierUniform;
    case proto::XAVIER_NORMAL:
      return Initialization::kXavierNormal;
    case proto::KAIMING_UNIFORM:
      return Initialization::kKaimingUniform;
    case proto::KAIMING_NORMAL:
      return Initialization::kKaimingNormal;
    default:  // A binary message can hold any number.
      return FieldError(field, static_cast<int>(initialization),
                        "a known Initialization");
  }
}

// One function for each kind of layer: checks the message's fields, and what
// the module's constructor needs to know of the input; the rest is its
// OutputShape's. A new kind is a member of Layer.kind in architecture.proto, a
// function here, a case in BuildLayer, and one each in build_layers_test,
// allocation_test, module_work_test and //experiments:same_bits_test.

template <typename T>
using BuiltModule = absl::StatusOr<std::unique_ptr<BasicModule<T>>>;

// For layers that hold layers: builds those, whose path is site.path[i].
template <typename T>
absl::StatusOr<std::unique_ptr<BasicSequential<T>>> BuildSequential(
    const RepeatedPtrField<proto::Layer>& layers, const Site& site);

template <typename T>
BuiltModule<T> Build(const proto::Linear& linear, const Site& site) {
  MINIDL_RETURN_IF_ERROR(
      CheckSize(site.Field("out_features"), linear.out_features(), 1));
  if (site.input.rank() != 1 || site.input[0] == 0) {
    return DoesNotFit(
        site, "[F]", site.input.rank() > 1 ? "; put flatten {} before it" : "");
  }
  MINIDL_RETURN_IF_ERROR(
      CheckWeight(site, {linear.out_features(), site.input[0]}));
  MINIDL_ASSIGN_OR_RETURN(const Initialization initialization,
                          InitializationOf(linear.initialization(), site));
  return std::make_unique<BasicLinear<T>>(site.input[0], linear.out_features(),
                                          site.generators.initialization,
                                          initialization);
}

template <typename T>
BuiltModule<T> Build(const proto::Conv2d& conv2d, const Site& site) {
  MINIDL_RETURN_IF_ERROR(
      CheckSize(site.Field("out_channels"), conv2d.out_channels(), 1));
  MINIDL_RETURN_IF_ERROR(
      CheckSize(site.Field("kernel_size"), conv2d.kernel_size(), 1));
  MINIDL_RETURN_IF_ERROR(CheckSize(site.Field("stride"), conv2d.stride(), 0));
  MINIDL_RETURN_IF_ERROR(CheckSize(site.Field("padding"), conv2d.padding(), 0));
  MINIDL_RETURN_IF_ERROR(
      CheckSize(site.Field("dilation"), conv2d.dilation(), 0));
  if (site.input.rank() != 3 || site.input[0] == 0) {
    return DoesNotFit(site, "[C, H, W]");
  }
  MINIDL_RETURN_IF_ERROR(
      CheckWeight(site, {conv2d.out_channels(), site.input[0],
                         conv2d.kernel_size(), conv2d.kernel_size()}));
  Conv2dOptions options;
  options.stride = OrDefault(conv2d.stride(), 1);
  options.padding = conv2d.padding();
  options.dilation = OrDefault(conv2d.dilation(), 1);
  MINIDL_ASSIGN_OR_RETURN(const Initialization initialization,
                          InitializationOf(conv2d.initialization(), site));
  auto module = std::make_unique<BasicConv2d<T>>(
      site.input[0], conv2d.out_channels(), conv2d.kernel_size(), options,
      site.generators.initialization, initialization);
  const absl::StatusOr<Shape> output = module->OutputShape(site.input);
  if (output.ok() && CheckNumElements("", *output).ok()) {
    // The image's values below the kernel, in all places: they are in memory at
    // the same time.
    MINIDL_RETURN_IF_ERROR(CheckNumElements(
        absl::StrCat(site.path, ": what the kernel sees"),
        {site.input[0] * conv2d.kernel_size() * conv2d.kernel_size(),
         (*output)[1], (*output)[2]}));
  }
  return module;
}

template <typename T>
BuiltModule<T> Build(const proto::MaxPool2d& pool, const Site& site) {
  MINIDL_RETURN_IF_ERROR(
      CheckSize(site.Field("kernel_size"), pool.kernel_size(), 1));
  MINIDL_RETURN_IF_ERROR(CheckSize(site.Field("stride"), pool.stride(), 0));
  return std::make_unique<BasicMaxPool2d<T>>(
      pool.kernel_size(), OrDefault(pool.stride(), pool.kernel_size()));
}

template <typename T>
BuiltModule<T> Build(const proto::AvgPool2d& pool, const Site& site) {
  MINIDL_RETURN_IF_ERROR(
      CheckSize(site.Field("kernel_size"), pool.kernel_size(), 1));
  MINIDL_RETURN_IF_ERROR(CheckSize(site.Field("stride"), pool.stride(), 0));
  MINIDL_RETURN_IF_ERROR(CheckSize(site.Field("padding"), pool.padding(), 0));
  if (pool.padding() > pool.kernel_size() / 2) {
    return FieldError(site.Field("padding"), pool.padding(),
                      absl::StrCat("at most ", pool.kernel_size() / 2,
                                   ", half of kernel_size"));
  }
  return std::make_unique<BasicAvgPool2d<T>>(
      pool.kernel_size(), OrDefault(pool.stride(), pool.kernel_size()),
      pool.padding());
}

template <typename T>
BuiltModule<T> Build(const proto::ReLU& /*relu*/, const Site& /*site*/) {
  return std::make_unique<BasicReLU<T>>();
}

template <typename T>
BuiltModule<T> Build(const proto::LeakyReLU& leaky_relu, const Site& site) {
  const double slope = leaky_relu.negative_slope();
  if (!std::isfinite(slope)) {
    return FieldError(site.Field("negative_slope"), slope, "a finite number");
  }
  return std::make_unique<BasicLeakyReLU<T>>(slope == 0 ? 0.01 : slope);
}

template <typename T>
BuiltModule<T> Build(const proto::GELU& /*gelu*/, const Site& /*site*/) {
  return std::make_unique<BasicGELU<T>>();
}

template <typename T>
BuiltModule<T> Build(const proto::Sigmoid& /*sigmoid*/, const Site& /*site*/) {
  return std::make_unique<BasicSigmoid<T>>();
}

template <typename T>
BuiltModule<T> Build(const proto::Tanh& /*tanh*/, const Site& /*site*/) {
  return std::make_unique<BasicTanh<T>>();
}

template <typename T>
BuiltModule<T> Build(const proto::Flatten& /*flatten*/, const Site& /*site*/) {
  return std::make_unique<BasicFlatten<T>>();
}

template <typename T>
BuiltModule<T> Build(const proto::Dropout& dropout, const Site& site) {
  MINIDL_RETURN_IF_ERROR(
      CheckFraction(site.Field("probability"), dropout.probability()));
  return std::make_unique<BasicDropout<T>>(dropout.probability(),
                                           site.generators.dropout);
}

// The epsilon of a normalisation, of which 0 means the default.
absl::StatusOr<double> EpsilonOf(double epsilon, double default_value,
                                 const Site& site) {
  if (epsilon == 0) return default_value;
  if (epsilon > 0 && std::isfinite(epsilon)) return epsilon;
  return absl::InvalidArgumentError(
      absl::StrCat(site.Field("epsilon"), " is ", epsilon,
                   "; expected a positive number, or 0 for ", default_value));
}

// Of BatchNorm1d and BatchNorm2d, which have the same fields.
template <typename Message>
absl::StatusOr<BatchNormOptions> BatchNormOptionsOf(const Message& message,
                                                    const Site& site) {
  BatchNormOptions options;
  MINIDL_ASSIGN_OR_RETURN(options.epsilon,
                          EpsilonOf(message.epsilon(), options.epsilon, site));
  if (message.momentum() != 0) {
    if (!(0 < message.momentum() && message.momentum() <= 1)) {
      return absl::InvalidArgumentError(absl::StrCat(
          site.Field("momentum"), " is ", message.momentum(),
          "; expected more than 0 and at most 1, or 0 for ", options.momentum));
    }
    options.momentum = message.momentum();
  }
  return options;
}

template <typename T>
BuiltModule<T> Build(const proto::BatchNorm1d& batch_norm, const Site& site) {
  MINIDL_ASSIGN_OR_RETURN(const BatchNormOptions options,
                          BatchNormOptionsOf(batch_norm, site));
  const int rank = site.input.rank();
  if ((rank != 1 && rank != 2) || site.input[0] == 0) {
    return DoesNotFit(site, "[F] or [C, L]",
                      rank == 3 ? "; batch_norm2d takes those" : "");
  }
  MINIDL_RETURN_IF_ERROR(CheckWeight(site, {site.input[0]}));
  return std::make_unique<BasicBatchNorm1d<T>>(site.input[0], options);
}

template <typename T>
BuiltModule<T> Build(const proto::BatchNorm2d& batch_norm, const Site& site) {
  MINIDL_ASSIGN_OR_RETURN(const BatchNormOptions options,
                          BatchNormOptionsOf(batch_norm, site));
  const int rank = site.input.rank();
  if (rank != 3 || site.input[0] == 0) {
    return DoesNotFit(
        site, "[C, H, W]",
        rank == 1 || rank == 2 ? "; batch_norm1d takes those" : "");
  }
  MINIDL_RETURN_IF_ERROR(CheckWeight(site, {site.input[0]}));
  return std::make_unique<BasicBatchNorm2d<T>>(site.input[0], options);
}

template <typename T>
BuiltModule<T> Build(const proto::LayerNorm& layer_norm, const Site& site) {
  MINIDL_ASSIGN_OR_RETURN(const double epsilon,
                          EpsilonOf(layer_norm.epsilon(),
                                    BasicLayerNorm<T>::kDefaultEpsilon, site));
  const auto& sizes = layer_norm.normalized_shape();
  for (const int64_t size : sizes) {
    MINIDL_RETURN_IF_ERROR(CheckSize(site.Field("normalized_shape"), size, 1));
  }
  // No more than a Shape can have; whether they fit, OutputShape tells.
  if (sizes.size() > site.input.rank() || site.input.num_elements() == 0) {
    return DoesNotFit(site,
                      absl::StrCat("[..., ", absl::StrJoin(sizes, ", "), "]"));
  }
  const Shape shape =
      sizes.empty() ? site.input : Shape(absl::MakeConstSpan(sizes));
  MINIDL_RETURN_IF_ERROR(CheckWeight(site, shape));
  return std::make_unique<BasicLayerNorm<T>>(shape, epsilon);
}

template <typename T>
BuiltModule<T> Build(const proto::Residual& residual, const Site& site) {
  if (residual.layers().empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        site.Field("layers"), " is empty; expected at least one layer"));
  }
  MINIDL_ASSIGN_OR_RETURN(
      std::unique_ptr<BasicModule<T>> layers,
      BuildSequential<T>(residual.layers(), site.Inner("layers")));
  std::unique_ptr<BasicModule<T>> shortcut;
  if (!residual.shortcut().empty()) {
    MINIDL_ASSIGN_OR_RETURN(
        shortcut,
        BuildSequential<T>(residual.shortcut(), site.Inner("shortcut")));
  }
  return std::make_unique<BasicResidual<T>>(std::move(layers),
                                            std::move(shortcut));
}

template <typename T>
BuiltModule<T> Build(const proto::Sequential& sequential, const Site& site) {
  return BuildSequential<T>(sequential.layers(), site.Inner("layers"));
}

// `site.path` is "branch[3]".
template <typename T>
BuiltModule<T> BuildLayer(const proto::Layer& layer, Site site) {
  const std::string path = site.path;
  site.path = absl::StrCat(path, ".", KindName(layer));
  switch (layer.kind_case()) {
    case proto::Layer::kLinear:
      return Build<T>(layer.linear(), site);
    case proto::Layer::kConv2D:
      return Build<T>(layer.conv2d(), site);
    case proto::Layer::kMaxPool2D:
      return Build<T>(layer.max_pool2d(), site);
    case proto::Layer::kAvgPool2D:
      return Build<T>(layer.avg_pool2d(), site);
    case proto::Layer::kRelu:
      return Build<T>(layer.relu(), site);
    case proto::Layer::kLeakyRelu:
      return Build<T>(layer.leaky_relu(), site);
    case proto::Layer::kGelu:
      return Build<T>(layer.gelu(), site);
    case proto::Layer::kTanh:
      return Build<T>(layer.tanh(), site);
    case proto::Layer::kSigmoid:
      return Build<T>(layer.sigmoid(), site);
    case proto::Layer::kFlatten:
      return Build<T>(layer.flatten(), site);
    case proto::Layer::kDropout:
      return Build<T>(layer.dropout(), site);
    case proto::Layer::kBatchNorm1D:
      return Build<T>(layer.batch_norm1d(), site);
    case proto::Layer::kBatchNorm2D:
      return Build<T>(layer.batch_norm2d(), site);
    case proto::Layer::kLayerNorm:
      return Build<T>(layer.layer_norm(), site);
    case proto::Layer::kResidual:
      return Build<T>(layer.residual(), site);
    case proto::Layer::kSequential:
      return Build<T>(layer.sequential(), site);
    case proto::Layer::KIND_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      path,
      " is empty; expected a layer, such as linear { out_features: 10 }"));
}

template <typename T>
absl::StatusOr<std::unique_ptr<BasicSequential<T>>> BuildSequential(
    const RepeatedPtrField<proto::Layer>& layers, const Site& site) {
  if (site.depth > kMaxDepth) {
    return absl::InvalidArgumentError(absl::StrCat(
        site.path, " is more than ", kMaxDepth, " layers within layers deep"));
  }
  auto sequential = std::make_unique<BasicSequential<T>>();
  Site next = site;
  for (int i = 0; i < layers.size(); ++i) {
    next.path = absl::StrCat(site.path, "[", i, "]");
    MINIDL_ASSIGN_OR_RETURN(std::unique_ptr<BasicModule<T>> module,
                            BuildLayer<T>(layers[i], next));
    absl::StatusOr<Shape> output = module->OutputShape(next.input);
    if (!output.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(next.path, ": ", output.status().message()));
    }
    MINIDL_RETURN_IF_ERROR(
        CheckNumElements(absl::StrCat(next.path, ": the output"), *output));
    next.input = *std::move(output);
    sequential->Add(std::move(module));
  }
  return sequential;
}

}  // namespace

template <typename T>
absl::StatusOr<std::unique_ptr<BasicSequential<T>>> BuildLayers(
    const RepeatedPtrField<proto::Layer>& layers, const std::string& path,
    const Shape& input, const NetworkGenerators& generators,
    proto::Initialization initialization) {
  return BuildSequential<T>(layers, {path, input, generators, initialization});
}

template absl::StatusOr<std::unique_ptr<BasicSequential<float>>> BuildLayers(
    const RepeatedPtrField<proto::Layer>&, const std::string&, const Shape&,
    const NetworkGenerators&, proto::Initialization);
template absl::StatusOr<std::unique_ptr<BasicSequential<double>>> BuildLayers(
    const RepeatedPtrField<proto::Layer>&, const std::string&, const Shape&,
    const NetworkGenerators&, proto::Initialization);

}  // namespace minidl
