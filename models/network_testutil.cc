#include "models/network_testutil.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/check.h"
#include "base/text_proto.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {

proto::Architecture TestArchitecture() {
  proto::Architecture architecture;
  const absl::Status status = ParseTextProto(
      R"pb(
        name: "test"
        branches: SHARED
        branch { conv2d { out_channels: 4 kernel_size: 3 } }
        branch { batch_norm2d {} }
        branch { relu {} }
        branch { flatten {} }
        branch { dropout { probability: 0.25 } }
        branch { linear { out_features: 3 } }
        head { linear { out_features: 5 } }
        head { batch_norm1d {} }
        head { tanh {} }
        head { linear { out_features: 2 } }
        auxiliary_loss_weight: 1
      )pb",
      "test", &architecture);
  MINIDL_CHECK(status.ok(), status.ToString());
  return architecture;
}

std::unique_ptr<PairNetwork> TestNetwork(
    const proto::Architecture& architecture, uint64_t seed,
    Generator& dropout) {
  Generator initialization(seed);
  absl::StatusOr<std::unique_ptr<PairNetwork>> network =
      PairNetwork::Create(architecture, kTestImages, {initialization, dropout});
  MINIDL_CHECK(network.ok(), network.status().ToString());
  return *std::move(network);
}

TestBatch RandomBatch(int64_t num_pairs, Generator& generator) {
  TestBatch batch;
  batch.pairs.Resize({num_pairs, 2, kTestImages.height, kTestImages.width});
  FillNormal(/*mean=*/0, /*deviation=*/1, generator, batch.pairs);
  batch.targets.Resize({num_pairs});
  for (int64_t& target : batch.targets.values()) {
    target = generator.Random32() % 2;
  }
  batch.classes.Resize({2 * num_pairs});
  for (int64_t& target : batch.classes.values()) {
    target = generator.Random32() % kTestImages.num_classes;
  }
  return batch;
}

std::vector<uint32_t> OutputBits(const Tensor<float>& pairs,
                                 PairNetwork& network) {
  network.SetTraining(false);
  const PairNetwork::Output output = network.Forward(pairs);
  std::vector<uint32_t> bits;
  for (const Tensor<float>* tensor : {&output.comparison, output.classes}) {
    for (const float value : tensor->values()) {
      std::memcpy(&bits.emplace_back(), &value, sizeof(value));
    }
  }
  return bits;
}

}  // namespace minidl
