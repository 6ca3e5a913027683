#include "nn/build_layers.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "google/protobuf/repeated_field.h"
#include "nn/conv2d.h"
#include "nn/dropout.h"
#include "nn/flatten.h"
#include "nn/linear.h"
#include "nn/max_pool2d.h"
#include "nn/module.h"
#include "nn/relu.h"
#include "nn/sequential.h"
#include "nn/tanh.h"
#include "proto/architecture.pb.h"
#include "tensor/shape.h"

namespace minidl {
namespace {

// Far beyond what this is for, and small enough that a slip of the finger is an
// error and not a request for all memory: the largest size in a field, and the
// most elements of a layer's weight or of its output for one example.
constexpr int64_t kMaxSize = 1 << 16;
constexpr int64_t kMaxNumElements = 1 << 26;

absl::Status CheckSize(const std::string& field, int64_t value,
                       int64_t smallest) {
  if (smallest <= value && value <= kMaxSize) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, " is ", value, "; expected ",
                   value < smallest ? absl::StrCat("at least ", smallest)
                                    : absl::StrCat("at most ", kMaxSize)));
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

template <typename T>
absl::StatusOr<std::unique_ptr<BasicModule<T>>> BuildLayer(
    const proto::Layer& layer, const std::string& path, const Shape& input,
    const NetworkGenerators& generators) {
  switch (layer.kind_case()) {
    case proto::Layer::kLinear: {
      const proto::Linear& linear = layer.linear();
      MINIDL_RETURN_IF_ERROR(
          CheckSize(absl::StrCat(path, ".linear.out_features"),
                    linear.out_features(), 1));
      if (input.rank() != 1 || input[0] == 0) {
        return absl::InvalidArgumentError(absl::StrCat(
            path, ".linear needs inputs of shape [F], not ", input.ToString(),
            input.rank() > 1 ? "; put flatten {} before it" : ""));
      }
      MINIDL_RETURN_IF_ERROR(
          CheckNumElements(absl::StrCat(path, ".linear: the weight"),
                           {linear.out_features(), input[0]}));
      return std::make_unique<BasicLinear<T>>(input[0], linear.out_features(),
                                              generators.initialization);
    }
    case proto::Layer::kConv2D: {
      const proto::Conv2d& conv2d = layer.conv2d();
      const std::string name = absl::StrCat(path, ".conv2d");
      MINIDL_RETURN_IF_ERROR(CheckSize(absl::StrCat(name, ".out_channels"),
                                       conv2d.out_channels(), 1));
      MINIDL_RETURN_IF_ERROR(CheckSize(absl::StrCat(name, ".kernel_size"),
                                       conv2d.kernel_size(), 1));
      MINIDL_RETURN_IF_ERROR(
          CheckSize(absl::StrCat(name, ".stride"), conv2d.stride(), 0));
      MINIDL_RETURN_IF_ERROR(
          CheckSize(absl::StrCat(name, ".padding"), conv2d.padding(), 0));
      if (input.rank() != 3 || input[0] == 0) {
        return absl::InvalidArgumentError(absl::StrCat(
            name, " needs inputs of shape [C, H, W], not ", input.ToString()));
      }
      MINIDL_RETURN_IF_ERROR(
          CheckNumElements(absl::StrCat(name, ": the weight"),
                           {conv2d.out_channels(), input[0],
                            conv2d.kernel_size(), conv2d.kernel_size()}));
      Conv2dOptions options;
      options.stride = conv2d.stride() == 0 ? 1 : conv2d.stride();
      options.padding = conv2d.padding();
      return std::make_unique<BasicConv2d<T>>(input[0], conv2d.out_channels(),
                                              conv2d.kernel_size(), options,
                                              generators.initialization);
    }
    case proto::Layer::kMaxPool2D: {
      const proto::MaxPool2d& pool = layer.max_pool2d();
      const std::string name = absl::StrCat(path, ".max_pool2d");
      MINIDL_RETURN_IF_ERROR(
          CheckSize(absl::StrCat(name, ".kernel_size"), pool.kernel_size(), 1));
      MINIDL_RETURN_IF_ERROR(
          CheckSize(absl::StrCat(name, ".stride"), pool.stride(), 0));
      return std::make_unique<BasicMaxPool2d<T>>(
          pool.kernel_size(),
          pool.stride() == 0 ? pool.kernel_size() : pool.stride());
    }
    case proto::Layer::kRelu:
      return std::make_unique<BasicReLU<T>>();
    case proto::Layer::kTanh:
      return std::make_unique<BasicTanh<T>>();
    case proto::Layer::kFlatten:
      return std::make_unique<BasicFlatten<T>>();
    case proto::Layer::kDropout: {
      const double probability = layer.dropout().probability();
      if (!(0 <= probability && probability < 1)) {
        return absl::InvalidArgumentError(
            absl::StrCat(path, ".dropout.probability is ", probability,
                         "; expected at least 0 and less than 1"));
      }
      return std::make_unique<BasicDropout<T>>(probability, generators.dropout);
    }
    case proto::Layer::kBatchNorm1D:
    case proto::Layer::kBatchNorm2D:
    case proto::Layer::kLayerNorm:  // To come.
    case proto::Layer::KIND_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      path,
      " is empty; expected a layer, such as linear { out_features: 10 }"));
}

}  // namespace

template <typename T>
absl::StatusOr<std::unique_ptr<BasicSequential<T>>> BuildLayers(
    const google::protobuf::RepeatedPtrField<proto::Layer>& layers,
    const std::string& path, const Shape& input,
    const NetworkGenerators& generators) {
  auto sequential = std::make_unique<BasicSequential<T>>();
  Shape shape = input;
  for (int i = 0; i < layers.size(); ++i) {
    const std::string layer_path = absl::StrCat(path, "[", i, "]");
    MINIDL_ASSIGN_OR_RETURN(
        std::unique_ptr<BasicModule<T>> module,
        BuildLayer<T>(layers[i], layer_path, shape, generators));
    absl::StatusOr<Shape> output = module->OutputShape(shape);
    if (!output.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(layer_path, ": ", output.status().message()));
    }
    MINIDL_RETURN_IF_ERROR(
        CheckNumElements(absl::StrCat(layer_path, ": the output"), *output));
    shape = *std::move(output);
    sequential->Add(std::move(module));
  }
  return sequential;
}

template absl::StatusOr<std::unique_ptr<BasicSequential<float>>> BuildLayers(
    const google::protobuf::RepeatedPtrField<proto::Layer>&, const std::string&,
    const Shape&, const NetworkGenerators&);
template absl::StatusOr<std::unique_ptr<BasicSequential<double>>> BuildLayers(
    const google::protobuf::RepeatedPtrField<proto::Layer>&, const std::string&,
    const Shape&, const NetworkGenerators&);

}  // namespace minidl
