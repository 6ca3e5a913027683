#include "models/network_state.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "google/protobuf/util/message_differencer.h"
#include "models/named_tensors.h"
#include "nn/build_layers.h"
#include "nn/pair_ensemble.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"
#include "tensor/generator.h"

namespace minidl {
namespace {

// Far beyond what this is for, and what a file may make us ask memory for.
constexpr int64_t kMaxImageSize = 1024;

absl::Status CheckSize(absl::string_view field, int64_t value) {
  if (1 <= value && value <= kMaxImageSize) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(field, " is ", value, "; expected 1 to ", kMaxImageSize));
}

absl::Status CheckImages(const proto::Model& model) {
  MINIDL_RETURN_IF_ERROR(CheckSize("height", model.height()));
  MINIDL_RETURN_IF_ERROR(CheckSize("width", model.width()));
  return CheckSize("num_classes", model.num_classes());
}

absl::Status CheckEqual(absl::string_view field, int64_t found,
                        int64_t expected) {
  if (found == expected) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(field, " is ", found, "; expected ", expected));
}

// What the network depends on.
proto::Architecture WithoutNames(proto::Architecture architecture) {
  architecture.clear_name();
  architecture.clear_description();
  return architecture;
}

absl::Status CheckArchitecture(const proto::Architecture& found,
                               const proto::Architecture& expected) {
  std::string differences;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&differences);
  if (differencer.Compare(WithoutNames(expected), WithoutNames(found))) {
    return absl::OkStatus();
  }
  // "modified: branch[0].conv2d.out_channels: 32 -> 16", a line each.
  return absl::FailedPreconditionError(absl::StrCat(
      "the architecture is another than expected: ",
      absl::string_view(differences).substr(0, differences.find('\n'))));
}

// `Network` is a PairNetwork or a PairEnsemble.
template <typename Network>
absl::Status CheckNetwork(const proto::Model& model, Network& network) {
  MINIDL_RETURN_IF_ERROR(CheckTensors("parameters", model.parameters(),
                                      Values(network.Parameters())));
  return CheckTensors("buffers", model.buffers(), network.Buffers());
}

template <typename Network>
void RestoreNetwork(const proto::Model& model, Network& network) {
  RestoreTensors(model.parameters(), Values(network.Parameters()));
  RestoreTensors(model.buffers(), network.Buffers());
}

template <typename Network>
void SaveNetwork(const proto::Architecture& architecture,
                 const PairImages& images, Network& network,
                 proto::Model* model) {
  *model->mutable_architecture() = architecture;
  model->set_height(images.height);
  model->set_width(images.width);
  model->set_num_classes(images.num_classes);
  *model->mutable_parameters() = SaveTensors(Values(network.Parameters()));
  *model->mutable_buffers() = SaveTensors(network.Buffers());
}

template <typename Network>
absl::StatusOr<std::unique_ptr<Network>> CreateNetwork(
    const proto::Model& model, const NetworkGenerators& generators) {
  MINIDL_RETURN_IF_ERROR(CheckImages(model));
  const PairImages images = {model.height(), model.width(),
                             model.num_classes()};
  absl::StatusOr<std::unique_ptr<Network>> network =
      Network::Create(model.architecture(), images, generators);
  if (!network.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("architecture: ", network.status().message()));
  }
  return network;
}

template <typename Network>
absl::StatusOr<std::unique_ptr<Network>> LoadNetwork(const proto::Model& model,
                                                     Generator& dropout) {
  int64_t num_elements = 0;
  for (const proto::NamedTensor& tensor : model.parameters()) {
    num_elements += tensor.values_size();
  }
  Generator initialization(/*seed=*/0);  // What it draws is replaced.
  MINIDL_ASSIGN_OR_RETURN(
      std::unique_ptr<Network> network,
      CreateNetwork<Network>(model, {initialization, dropout, &num_elements}));
  MINIDL_RETURN_IF_ERROR(CheckNetwork(model, *network));
  RestoreNetwork(model, *network);
  return network;
}

}  // namespace

void SavePairEnsemble(const proto::Architecture& architecture,
                      const PairImages& images, PairEnsemble& ensemble,
                      proto::Model* model) {
  SaveNetwork(architecture, images, ensemble, model);
}

void SavePairNetwork(const proto::Architecture& architecture,
                     const PairImages& images, PairNetwork& network,
                     proto::Model* model) {
  SaveNetwork(architecture, images, network, model);
}

bool ClassifiesImages(const proto::Architecture& architecture) {
  return architecture.auxiliary_loss_weight() != 0;
}

absl::StatusOr<std::unique_ptr<PairEnsemble>> CreatePairEnsemble(
    const proto::Model& model, const NetworkGenerators& generators) {
  return CreateNetwork<PairEnsemble>(model, generators);
}

absl::StatusOr<std::unique_ptr<PairEnsemble>> LoadPairEnsemble(
    const proto::Model& model, Generator& dropout) {
  return LoadNetwork<PairEnsemble>(model, dropout);
}

absl::StatusOr<std::unique_ptr<PairNetwork>> LoadPairNetwork(
    const proto::Model& model, Generator& dropout) {
  if (model.architecture().networks() > 1) {
    return absl::FailedPreconditionError(
        absl::StrCat("architecture.networks is ",
                     model.architecture().networks(), "; expected one"));
  }
  return LoadNetwork<PairNetwork>(model, dropout);
}

absl::Status RestorePairNetwork(const proto::Model& model,
                                const proto::Architecture& architecture,
                                const PairImages& images,
                                PairNetwork& network) {
  MINIDL_RETURN_IF_ERROR(CheckArchitecture(model.architecture(), architecture));
  MINIDL_RETURN_IF_ERROR(CheckEqual("height", model.height(), images.height));
  MINIDL_RETURN_IF_ERROR(CheckEqual("width", model.width(), images.width));
  MINIDL_RETURN_IF_ERROR(
      CheckEqual("num_classes", model.num_classes(), images.num_classes));
  MINIDL_RETURN_IF_ERROR(CheckNetwork(model, network));
  RestoreNetwork(model, network);
  return absl::OkStatus();
}

}  // namespace minidl
