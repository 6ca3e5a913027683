#include "benchmarks/our_training.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/check.h"
#include "benchmarks/training_result.h"
#include "benchmarks/workloads.h"
#include "experiments/disk.h"
#include "experiments/pair_training.h"
#include "experiments/study.h"
#include "nn/loss.h"
#include "nn/optimizer.h"
#include "nn/pair_loss.h"
#include "nn/pair_network.h"
#include "nn/sequential.h"
#include "proto/run_record.pb.h"
#include "tensor/flush_denormals.h"
#include "tensor/generator.h"
#include "tensor/layout.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

std::vector<double> Train(const PairWorkload& workload, PairNetwork& network) {
  const absl::StatusOr<std::unique_ptr<PairLoss>> loss =
      PairLoss::Create(workload.architecture, kDigitPairImages.num_classes);
  MINIDL_CHECK(loss.ok(), loss.status().ToString());
  Generator shuffling(kShufflingSeed);
  const std::atomic<bool> cancelled = false;
  const PairTrainingResult result =
      TrainPairNetwork(*workload.pairs, workload.training, **loss, shuffling,
                       /*augmentation=*/nullptr, cancelled, network);
  std::vector<double> losses;
  for (const proto::Epoch& epoch : result.epochs) {
    losses.push_back(epoch.loss());
  }
  return losses;
}

// Trainings that are ready to start. The workload must outlive them.
Training Prepare(const PairWorkload& workload) {
  Generator generator(kInitializationSeed);
  absl::StatusOr<std::unique_ptr<PairNetwork>> created = PairNetwork::Create(
      workload.architecture, kDigitPairImages, {generator, generator});
  MINIDL_CHECK(created.ok(), created.status().ToString());
  const std::shared_ptr<PairNetwork> network = *std::move(created);
  return [&workload, network] { return Train(workload, *network); };
}

Training Prepare(const DiskWorkload& workload) {
  return [&workload] {
    std::vector<double> losses;
    const auto log = [&losses](int /*epoch*/, double loss) {
      losses.push_back(loss);
    };
    const absl::StatusOr<DiskRound> result = RunDisk(workload, log);
    MINIDL_CHECK(result.ok(), result.status().ToString());
    return losses;
  };
}

std::vector<double> Train(const ImageWorkload& workload, Sequential& network) {
  const FlushDenormals flush_denormals;
  SGD::Options options;
  options.learning_rate = workload.learning_rate;
  SGD optimizer(network.Parameters(), options);
  LossCrossEntropy loss;
  Generator shuffling(kShufflingSeed);
  Tensor<float> images;
  Tensor<int64_t> labels;
  std::vector<double> losses;
  for (int epoch = 0; epoch < workload.epochs; ++epoch) {
    const Tensor<int64_t> order =
        RandomPermutation(workload.num_images, shuffling);
    double sum = 0;
    for (int64_t start = 0; start < workload.num_images;
         start += workload.batch_size) {
      const absl::Span<const int64_t> rows = order.values().subspan(
          static_cast<size_t>(start), static_cast<size_t>(workload.batch_size));
      GatherRows(workload.set->images, rows, images);
      GatherRows(workload.set->labels, rows, labels);
      sum += loss.Forward(network.Forward(images), labels) *
             static_cast<double>(rows.size());
      optimizer.ZeroGradients();
      network.Backward(loss.Backward());
      optimizer.Step();
    }
    losses.push_back(sum / static_cast<double>(workload.num_images));
  }
  return losses;
}

Training Prepare(const ImageWorkload& workload) {
  const std::shared_ptr<Sequential> network =
      BuildNetwork(workload.layers, ImageShape());
  network->SetNeedsInputGradient(false);
  return [&workload, network] { return Train(workload, *network); };
}

}  // namespace

TrainingResult TrainOurs(const Workload& workload) {
  std::vector<Training> trainings;
  for (int i = 0; i < workload.threads; ++i) {
    trainings.push_back(std::visit(
        [](const auto& task) { return Prepare(task); }, workload.task));
  }
  return TimeTrainings(trainings);
}

}  // namespace minidl
