// Architectures in text format: one that is accepted makes a network, which
// trains a step and can be saved and loaded.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/check.h"
#include "experiments/configuration.h"
#include "experiments/study.h"
#include "models/network_state.h"
#include "nn/pair_ensemble.h"
#include "nn/pair_loss.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"
#include "tensor/generator.h"
#include "tensor/tensor.h"
#include "tests/fuzz/fuzz_file.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/network_work.h"

namespace minidl {
namespace {

constexpr int64_t kBatch = 3;

void Train(const proto::Architecture& architecture) {
  Generator generator(0);
  const std::unique_ptr<PairNetwork> network =
      PairNetwork::Create(architecture, kDigitPairImages,
                          {generator, generator})
          .value();
  if (!network->CheckTrainingBatch(kBatch).ok() || !IsQuick(*network, kBatch)) {
    return;
  }
  Tensor<float> pairs(
      {kBatch, 2, kDigitPairImages.height, kDigitPairImages.width});
  for (int64_t i = 0; i < pairs.size(); ++i) {
    pairs.data()[i] = static_cast<float>(i % 7) - 3;
  }
  Tensor<int64_t> comparisons({kBatch});
  Tensor<int64_t> classes({2 * kBatch});
  for (int64_t i = 0; i < kBatch; ++i) comparisons(i) = i % 2;
  for (int64_t i = 0; i < 2 * kBatch; ++i) classes(i) = i;
  const std::unique_ptr<PairLoss> loss =
      PairLoss::Create(architecture, kDigitPairImages.num_classes).value();
  network->SetTraining(true);
  loss->Forward(network->Forward(pairs), comparisons, classes);
  loss->Backward(*network);
  network->SetTraining(false);
  network->Forward(pairs);
}

void SaveAndLoad(const proto::Architecture& architecture) {
  Generator generator(0);
  const std::unique_ptr<PairEnsemble> ensemble =
      PairEnsemble::Create(architecture, kDigitPairImages,
                           {generator, generator})
          .value();
  proto::Model model;
  SavePairEnsemble(architecture, kDigitPairImages, *ensemble, &model);
  const absl::Status loaded = LoadPairEnsemble(model, generator).status();
  MINIDL_CHECK(loaded.ok(), loaded.ToString());
}

}  // namespace
}  // namespace minidl

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const minidl::FuzzFile file(minidl::FuzzInput(data, size).rest());
  const absl::StatusOr<minidl::proto::Architecture> architecture =
      minidl::ReadArchitecture(file.path());
  if (!architecture.ok()) return 0;
  minidl::Train(*architecture);
  minidl::SaveAndLoad(*architecture);
  return 0;
}
