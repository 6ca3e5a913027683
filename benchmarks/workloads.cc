#include "benchmarks/workloads.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "base/runfile.h"
#include "base/status_macros.h"
#include "data/mnist.h"
#include "data/pair_sets.h"
#include "data/standardize.h"
#include "experiments/disk.h"
#include "experiments/study.h"
#include "nn/build_layers.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "nn/sequential.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr int kDiskEpochs = 100;
// Of w4, an epoch of which takes LibTorch a second.
constexpr int kW4Epochs = 5;
// MNIST's for training.
constexpr int64_t kNumImages = 60'000;

absl::StatusOr<Mnist> LoadOwnMnist() {
  MINIDL_ASSIGN_OR_RETURN(const std::string directory, MnistDirectory(""));
  return LoadMnist(directory);
}

// Normalised.
absl::StatusOr<PairSet> DigitPairs(const proto::Study& study) {
  MINIDL_ASSIGN_OR_RETURN(const Mnist mnist, LoadOwnMnist());
  Generator generator(study.seed());
  MINIDL_ASSIGN_OR_RETURN(
      PairSet pairs,
      GeneratePairSet(mnist.train, study.train_pairs(), generator));
  Tensor<float> no_test_set;
  Standardize(/*num_features=*/1, pairs.inputs, no_test_set);
  return pairs;
}

void FillClasses(uint32_t num_classes, Generator& generator,
                 Tensor<int64_t>& classes) {
  for (int64_t& value : classes.values()) {
    value = generator.Random32() % num_classes;
  }
}

// Normal numbers and uniform classes.
PairSet RandomPairs(const proto::Study& study) {
  const int64_t n = study.train_pairs();
  Generator generator(study.seed());
  PairSet pairs;
  pairs.inputs.Resize({n, 2, kPairSide, kPairSide});
  FillNormal(/*mean=*/0, /*deviation=*/1, generator, pairs.inputs);
  pairs.targets.Resize({n});
  FillClasses(2, generator, pairs.targets);
  pairs.classes.Resize({n, 2});
  FillClasses(10, generator, pairs.classes);
  return pairs;
}

absl::StatusOr<PairWorkload> LoadPairWorkload(const std::string& architecture,
                                              bool digits,
                                              const WorkloadOptions& options) {
  MINIDL_ASSIGN_OR_RETURN(const std::string path,
                          FindRunfile("benchmarks/pairs.textproto"));
  MINIDL_ASSIGN_OR_RETURN(Study study, LoadStudy(path));
  MINIDL_RETURN_IF_ERROR(SelectConfigurations({architecture}, study));
  PairWorkload workload;
  workload.architecture = study.configurations[0].architecture();
  workload.training = study.message.training();
  if (architecture == "w4") workload.training.set_epochs(kW4Epochs);
  if (options.epochs.has_value()) {
    workload.training.set_epochs(*options.epochs);
  }
  MINIDL_ASSIGN_OR_RETURN(PairSet pairs, digits ? DigitPairs(study.message)
                                                : RandomPairs(study.message));
  workload.pairs =
      std::make_shared<const PairSets>(PairSets{std::move(pairs), {}});
  return workload;
}

DiskWorkload MakeDiskWorkload(int64_t batch_size,
                              const WorkloadOptions& options) {
  DiskWorkload workload;
  workload.epochs = options.epochs.value_or(kDiskEpochs);
  workload.batch_size = batch_size;
  workload.activation = "relu";  // As DiskLayers.
  workload.learning_rate = 0.1;
  workload.weight_decay = 0;
  return workload;
}

absl::StatusOr<ImageWorkload> LoadImageWorkload(
    const WorkloadOptions& options) {
  ImageWorkload workload;
  workload.layers = LeNetLayers(/*width=*/1);
  workload.num_images = options.images.value_or(kNumImages);
  workload.epochs = options.epochs.value_or(workload.epochs);
  MINIDL_ASSIGN_OR_RETURN(const Mnist mnist, LoadOwnMnist());
  auto set = std::make_shared<ImageSet>();
  set->images.Resize(ImageShape().WithOuter(workload.num_images));
  std::copy_n(mnist.train.images.data(), set->images.size(),
              set->images.data());
  Tensor<float> no_test_set;
  Standardize(/*num_features=*/1, set->images, no_test_set);
  set->labels.Resize({workload.num_images});
  std::copy_n(mnist.train.labels.data(), set->labels.size(),
              set->labels.data());
  workload.set = std::move(set);
  return workload;
}

// Makers of layers.
proto::Layer LinearLayer(int64_t out_features) {
  proto::Layer layer;
  layer.mutable_linear()->set_out_features(out_features);
  return layer;
}
proto::Layer ReluLayer() {
  proto::Layer layer;
  layer.mutable_relu();
  return layer;
}
proto::Layer FlattenLayer() {
  proto::Layer layer;
  layer.mutable_flatten();
  return layer;
}
proto::Layer PoolLayer() {
  proto::Layer layer;
  layer.mutable_max_pool2d()->set_kernel_size(2);
  return layer;
}
proto::Layer ConvolutionLayer(int64_t out_channels, int64_t padding) {
  proto::Layer layer;
  layer.mutable_conv2d()->set_out_channels(out_channels);
  layer.mutable_conv2d()->set_kernel_size(5);
  layer.mutable_conv2d()->set_padding(padding);
  return layer;
}

Layers ToLayers(const std::vector<proto::Layer>& layers) {
  return Layers(layers.begin(), layers.end());
}

// A part of a workload's network: what sees an example `times` times.
struct Part {
  Layers layers;
  Shape input;
  bool needs_input_gradient = false;
  int64_t times = 1;
};

std::vector<Part> PartsOf(const PairWorkload& workload) {
  const proto::Architecture& architecture = workload.architecture;
  const bool joint = architecture.branches() == proto::Architecture::JOINT;
  Part branch;
  branch.layers = architecture.branch();
  branch.input = Shape({joint ? 2 : 1, kPairSide, kPairSide});
  branch.times = joint ? 1 : 2;
  if (architecture.head().empty()) return {branch};

  const Shape image_features =
      *BuildNetwork(branch.layers, branch.input)->OutputShape(branch.input);
  Part head;
  head.layers = architecture.head();
  head.input = Shape({branch.times * image_features.num_elements()});
  head.needs_input_gradient = true;
  return {branch, head};
}

std::vector<Part> PartsOf(const DiskWorkload&) {
  return {{DiskLayers(), Shape({2})}};
}

std::vector<Part> PartsOf(const ImageWorkload& workload) {
  return {{workload.layers, ImageShape()}};
}

std::vector<Part> PartsOf(const Workload& workload) {
  return std::visit([](const auto& task) { return PartsOf(task); },
                    workload.task);
}

// Of one example that goes once through the part, forwards and backwards.
double DenseFlops(const Part& part) {
  const std::unique_ptr<Sequential> network =
      BuildNetwork(part.layers, part.input);
  double flops = 0;
  Shape shape = part.input;
  // The products of the output's gradient with the input (the gradient by the
  // weight) and with the weight (the gradient by the input).
  int backward_products = part.needs_input_gradient ? 2 : 1;
  for (const std::unique_ptr<Module>& module : network->modules()) {
    shape = *module->OutputShape(shape);
    const std::vector<NamedParameter> parameters = module->Parameters();
    // Nothing, or a normalisation's.
    if (parameters.empty() ||
        parameters[0].parameter->value.shape().rank() < 2) {
      continue;
    }
    // Each of the weights, O×C×K×K or O×F, has one product with each of the
    // H'×W' pixels, or the one feature, of its output channel.
    const int64_t products = parameters[0].parameter->value.size() *
                             (shape.num_elements() / shape[0]);
    flops += 2 * static_cast<double>(products * (1 + backward_products));
    backward_products = 2;
  }
  return flops;
}

int64_t NumExamples(const PairWorkload& workload) {
  return workload.training.epochs() * workload.pairs->train.targets.size();
}
int64_t NumExamples(const DiskWorkload& workload) {
  return workload.epochs * workload.points;
}
int64_t NumExamples(const ImageWorkload& workload) {
  return workload.epochs * workload.num_images;
}

}  // namespace

std::vector<std::string> WorkloadNames() {
  return {
      "w1",         "w2",          "w1_digits", "w2_digits", "w3_batch1",
      "w3_batch10", "w3_batch100", "w4",        "lenet",     "lenet_2threads"};
}

absl::Status CheckWorkloads(const std::vector<std::string>& names,
                            const WorkloadOptions& options) {
  const std::vector<std::string> known = WorkloadNames();
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("there is no workload \"", name, "\"; there are ",
                       absl::StrJoin(known, ", ")));
    }
  }
  if (options.epochs.has_value() && *options.epochs < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("--epochs is ", *options.epochs, "; expected at least 1"));
  }
  if (options.images.has_value() &&
      (*options.images < 1 || *options.images > kNumImages)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--images is ", *options.images, "; expected 1 to ", kNumImages));
  }
  return absl::OkStatus();
}

absl::StatusOr<Workload> LoadWorkload(const std::string& name,
                                      const WorkloadOptions& options) {
  MINIDL_RETURN_IF_ERROR(CheckWorkloads({name}, options));
  Workload workload;
  workload.name = name;
  if (name == "w1" || name == "w2" || name == "w4") {
    MINIDL_ASSIGN_OR_RETURN(workload.task,
                            LoadPairWorkload(name, /*digits=*/false, options));
  } else if (name == "w1_digits" || name == "w2_digits") {
    MINIDL_ASSIGN_OR_RETURN(
        workload.task,
        LoadPairWorkload(name.substr(0, 2), /*digits=*/true, options));
  } else if (name == "w3_batch1") {
    workload.task = MakeDiskWorkload(1, options);
  } else if (name == "w3_batch10") {
    workload.task = MakeDiskWorkload(10, options);
  } else if (name == "w3_batch100") {
    workload.task = MakeDiskWorkload(100, options);
  } else {
    MINIDL_ASSIGN_OR_RETURN(workload.task, LoadImageWorkload(options));
    workload.threads = name == "lenet_2threads" ? 2 : 1;
  }
  return workload;
}

Shape ImageShape() { return {1, kMnistSide, kMnistSide}; }

Layers LeNetLayers(int width) {
  return ToLayers({ConvolutionLayer(6 * width, /*padding=*/2), PoolLayer(),
                   ReluLayer(), ConvolutionLayer(16 * width, /*padding=*/0),
                   PoolLayer(), ReluLayer(),
                   FlattenLayer(),                         //
                   LinearLayer(120 * width), ReluLayer(),  //
                   LinearLayer(84 * width), ReluLayer(),   //
                   LinearLayer(10)});
}

Layers DiskLayers() {
  return ToLayers({LinearLayer(25), ReluLayer(), LinearLayer(25), ReluLayer(),
                   LinearLayer(25), ReluLayer(), LinearLayer(2)});
}

std::unique_ptr<Sequential> BuildNetwork(const Layers& layers,
                                         const Shape& input,
                                         Generator& generator) {
  auto network =
      BuildLayers<float>(layers, "layers", input, {generator, generator});
  MINIDL_CHECK(network.ok(), network.status().ToString());
  return *std::move(network);
}

std::unique_ptr<Sequential> BuildNetwork(const Layers& layers,
                                         const Shape& input) {
  Generator generator(kInitializationSeed);
  return BuildNetwork(layers, input, generator);
}

int64_t NumExamples(const Workload& workload) {
  return workload.threads *
         std::visit([](const auto& task) { return NumExamples(task); },
                    workload.task);
}

double DenseFlops(const Workload& workload) {
  double flops = 0;
  for (const Part& part : PartsOf(workload)) {
    flops += static_cast<double>(part.times) * DenseFlops(part);
  }
  return static_cast<double>(NumExamples(workload)) * flops;
}

int64_t NumParameters(const Workload& workload) {
  int64_t count = 0;
  for (const Part& part : PartsOf(workload)) {
    count += NumElements(BuildNetwork(part.layers, part.input)->Parameters());
  }
  return count;
}

}  // namespace minidl
