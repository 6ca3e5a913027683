#include "benchmarks/libtorch_training.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "base/check.h"
#include "benchmarks/training_result.h"
#include "benchmarks/workloads.h"
#include "data/disk_set.h"
#include "data/pair_sets.h"
#include "experiments/study.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "nn/schedule.h"
#include "nn/sequential.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

namespace F = torch::nn::functional;

// A copy.
template <typename T>
torch::Tensor ToTorch(const Tensor<T>& tensor) {
  const absl::Span<const int64_t> sizes = tensor.shape().sizes();
  return torch::from_blob(const_cast<T*>(tensor.data()),
                          torch::IntArrayRef(sizes.data(), sizes.size()),
                          torch::CppTypeToScalarType<T>::value)
      .clone();
}

torch::Tensor ChannelsLast(const torch::Tensor& images) {
  return images.contiguous(torch::MemoryFormat::ChannelsLast);
}

// The modules that `layers` mean for examples of shape `input`.
torch::nn::Sequential BuildLibTorchNetwork(const Layers& layers, Shape input,
                                           LibTorchUse use) {
  torch::nn::Sequential network;
  // Only for the shapes between the layers.
  const std::unique_ptr<Sequential> ours = BuildNetwork(layers, input);
  for (int i = 0; i < layers.size(); ++i) {
    const proto::Layer& layer = layers[i];
    switch (layer.kind_case()) {
      case proto::Layer::kLinear:
        network->push_back(
            torch::nn::Linear(input[0], layer.linear().out_features()));
        break;
      case proto::Layer::kConv2D: {
        const proto::Conv2d& conv2d = layer.conv2d();
        network->push_back(torch::nn::Conv2d(
            torch::nn::Conv2dOptions(input[0], conv2d.out_channels(),
                                     conv2d.kernel_size())
                .stride(std::max<int64_t>(1, conv2d.stride()))
                .padding(conv2d.padding())));
        // With one input channel the output is not channels-last by itself.
        if (use == LibTorchUse::kTuned) {
          network->push_back(torch::nn::Functional(ChannelsLast));
        }
        break;
      }
      case proto::Layer::kMaxPool2D:
        network->push_back(torch::nn::MaxPool2d(
            torch::nn::MaxPool2dOptions(layer.max_pool2d().kernel_size())));
        break;
      case proto::Layer::kBatchNorm1D:
        network->push_back(torch::nn::BatchNorm1d(input[0]));
        break;
      case proto::Layer::kBatchNorm2D:
        network->push_back(torch::nn::BatchNorm2d(input[0]));
        break;
      case proto::Layer::kRelu:
        network->push_back(torch::nn::ReLU());
        break;
      case proto::Layer::kFlatten:
        network->push_back(torch::nn::Flatten());
        break;
      default:
        MINIDL_CHECK(false, "no workload has the layer ",
                     layer.ShortDebugString());
    }
    input = *ours->modules()[static_cast<size_t>(i)]->OutputShape(input);
  }
  return network;
}

// Gives LibTorch's parameters the values of ours, one by one.
void CopyParameters(const std::vector<NamedParameter>& ours,
                    const std::vector<torch::Tensor>& theirs, LibTorchUse use) {
  MINIDL_CHECK(ours.size() == theirs.size(), "CopyParameters: ", ours.size(),
               " and ", theirs.size(), " parameters");
  for (size_t i = 0; i < ours.size(); ++i) {
    torch::Tensor value = ToTorch(ours[i].parameter->value);
    MINIDL_CHECK(value.sizes() == theirs[i].sizes(), "CopyParameters: shapes ",
                 "of ", ours[i].name, " differ");
    if (use == LibTorchUse::kTuned && value.dim() == 4) {
      value = ChannelsLast(value);
    }
    torch::Tensor parameter = theirs[i];
    parameter.set_data(value);
  }
}

// Trains by `step`, which gets the examples of a batch from each of `data`, and
// returns the loss before the step.
template <typename Step>
std::vector<double> TrainEpochs(const std::vector<torch::Tensor>& data,
                                int epochs, int64_t batch_size,
                                Generator& shuffling, LibTorchUse use,
                                const Step& step) {
  const int64_t num_examples = data[0].size(0);
  // Examples are gathered for several batches at a time: for tiny ones, the
  // calls cost as much as the training.
  const int64_t chunk_size =
      batch_size * std::max<int64_t>(1, 1024 / batch_size);
  std::vector<double> losses;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const torch::Tensor order =
        ToTorch(RandomPermutation(num_examples, shuffling));
    double sum = 0;
    for (int64_t chunk = 0; chunk < num_examples; chunk += chunk_size) {
      const torch::Tensor rows =
          order.narrow(0, chunk, std::min(chunk_size, num_examples - chunk));
      std::vector<torch::Tensor> examples;
      for (const torch::Tensor& tensor : data) {
        torch::Tensor gathered = tensor.index_select(0, rows);
        if (use == LibTorchUse::kTuned && gathered.dim() == 4) {
          gathered = ChannelsLast(gathered);
        }
        examples.push_back(std::move(gathered));
      }
      for (int64_t start = 0; start < rows.size(0); start += batch_size) {
        const int64_t size = std::min(batch_size, rows.size(0) - start);
        std::vector<torch::Tensor> batch;
        for (const torch::Tensor& tensor : examples) {
          batch.push_back(tensor.narrow(0, start, size));
        }
        sum += step(batch) * static_cast<double>(size);
      }
    }
    losses.push_back(sum / static_cast<double>(num_examples));
  }
  return losses;
}

// The ordinary step of an optimizer; returns the loss.
double Step(const torch::Tensor& loss, torch::optim::SGD& optimizer) {
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  return loss.item<double>();
}

std::vector<torch::Tensor> Parameters(
    const std::vector<torch::nn::Sequential>& networks) {
  std::vector<torch::Tensor> parameters;
  for (const torch::nn::Sequential& network : networks) {
    for (const torch::Tensor& parameter : network->parameters()) {
      parameters.push_back(parameter);
    }
  }
  return parameters;
}

Training Prepare(const PairWorkload& workload, LibTorchUse use) {
  const proto::Architecture& architecture = workload.architecture;
  const bool joint = architecture.branches() == proto::Architecture::JOINT;
  MINIDL_CHECK(joint || architecture.branches() == proto::Architecture::SHARED,
               "no workload has SEPARATE branches");
  const Shape image({joint ? 2 : 1, kPairSide, kPairSide});
  torch::nn::Sequential branch =
      BuildLibTorchNetwork(architecture.branch(), image, use);
  const int64_t features = (joint ? 1 : 2) * kDigitPairImages.num_classes;
  torch::nn::Sequential head =
      BuildLibTorchNetwork(architecture.head(), {features}, use);
  {
    Generator generator(kInitializationSeed);
    const auto network = PairNetwork::Create(architecture, kDigitPairImages,
                                             {generator, generator});
    MINIDL_CHECK(network.ok(), network.status().ToString());
    CopyParameters((*network)->Parameters(), Parameters({branch, head}), use);
  }
  const PairSet& set = workload.pairs->train;
  const std::vector<torch::Tensor> data = {
      ToTorch(set.inputs), ToTorch(set.targets), ToTorch(set.classes)};
  return [&workload, use, joint, branch, head, data]() mutable {
    torch::optim::SGD optimizer(Parameters({branch, head}),
                                workload.training.sgd().learning_rate());
    const double auxiliary_weight =
        workload.architecture.auxiliary_loss_weight();
    const auto step = [&](const std::vector<torch::Tensor>& batch) {
      const torch::Tensor& pairs = batch[0];
      if (joint) {
        return Step(F::cross_entropy(branch->forward(pairs), batch[1]),
                    optimizer);
      }
      // Weights are shared by folding the pair into the batch, which is faster
      // than two calls of the branch.
      const torch::Tensor images = pairs.reshape({-1, 1, kPairSide, kPairSide});
      const torch::Tensor classes = branch->forward(images);
      torch::Tensor loss = F::cross_entropy(
          head->forward(classes.reshape({pairs.size(0), -1})), batch[1]);
      // The mean over the digits, of which a pair has two.
      loss = loss + F::cross_entropy(classes, batch[2].reshape(-1)) *
                        (2 * auxiliary_weight);
      return Step(loss, optimizer);
    };
    Generator shuffling(kShufflingSeed);
    return TrainEpochs(data, workload.training.epochs(),
                       workload.training.batch_size(), shuffling, use, step);
  };
}

// As RunDisk, whose random numbers all come from one generator.
Training Prepare(const DiskWorkload& workload, LibTorchUse use) {
  Generator generator(workload.seed);
  absl::StatusOr<DiskSet> train = GenerateDiskSet(workload.points, generator);
  absl::StatusOr<DiskSet> test = GenerateDiskSet(workload.points, generator);
  MINIDL_CHECK(train.ok() && test.ok(), train.status().ToString());
  torch::nn::Sequential network = BuildLibTorchNetwork(DiskLayers(), {2}, use);
  CopyParameters(BuildNetwork(DiskLayers(), {2}, generator)->Parameters(),
                 network->parameters(), use);
  // The network's inputs have mean 0 and deviation 1, its targets are ±1.
  const std::vector<torch::Tensor> data = {
      (ToTorch(train->points) - 0.5) * std::sqrt(12.0F),
      2 * ToTorch(train->targets) - 1};
  return [&workload, use, generator, network, data]() mutable {
    torch::optim::SGD optimizer(network->parameters(), *workload.learning_rate);
    const int64_t steps_per_epoch =
        (workload.points + workload.batch_size - 1) / workload.batch_size;
    int64_t num_steps = 0;
    const auto step = [&](const std::vector<torch::Tensor>& batch) {
      static_cast<torch::optim::SGDOptions&>(
          optimizer.param_groups()[0].options())
          .lr(OneCycleLearningRate(*workload.learning_rate, num_steps++,
                                   workload.epochs * steps_per_epoch));
      return Step(F::mse_loss(network->forward(batch[0]), batch[1]), optimizer);
    };
    return TrainEpochs(data, workload.epochs, workload.batch_size, generator,
                       use, step);
  };
}

Training Prepare(const ImageWorkload& workload, LibTorchUse use) {
  torch::nn::Sequential network =
      BuildLibTorchNetwork(workload.layers, ImageShape(), use);
  CopyParameters(BuildNetwork(workload.layers, ImageShape())->Parameters(),
                 network->parameters(), use);
  const std::vector<torch::Tensor> data = {
      ToTorch(workload.set->images).narrow(0, 0, workload.num_images),
      ToTorch(workload.set->labels).narrow(0, 0, workload.num_images)};
  return [&workload, use, network, data]() mutable {
    torch::optim::SGD optimizer(network->parameters(), workload.learning_rate);
    const auto step = [&](const std::vector<torch::Tensor>& batch) {
      return Step(F::cross_entropy(network->forward(batch[0]), batch[1]),
                  optimizer);
    };
    Generator shuffling(kShufflingSeed);
    return TrainEpochs(data, workload.epochs, workload.batch_size, shuffling,
                       use, step);
  };
}

}  // namespace

TrainingResult TrainLibTorch(const Workload& workload, LibTorchUse use) {
  std::vector<Training> trainings;
  for (int i = 0; i < workload.threads; ++i) {
    Training training = std::visit(
        [use](const auto& task) { return Prepare(task, use); }, workload.task);
    trainings.push_back([training = std::move(training)] {
      torch::set_num_threads(1);  // Of this thread's operations.
      return training();
    });
  }
  return TimeTrainings(trainings);
}

}  // namespace minidl
