#ifndef MINIDL_MODELS_NETWORK_STATE_H_
#define MINIDL_MODELS_NETWORK_STATE_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nn/build_layers.h"
#include "nn/pair_ensemble.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"
#include "tensor/generator.h"

namespace minidl {

// Writes `ensemble`, which was created after `architecture` for `images`, to
// `model`: these two, its parameters and its buffers.
void SavePairEnsemble(const proto::Architecture& architecture,
                      const PairImages& images, PairEnsemble& ensemble,
                      proto::Model* model);

// The same for the only network of an architecture.
void SavePairNetwork(const proto::Architecture& architecture,
                     const PairImages& images, PairNetwork& network,
                     proto::Model* model);

// Whether a network of `architecture` was trained to tell the classes of the
// two images. Where no loss trains the branches' outputs to be class logits,
// they are none, be there as many of them or not.
bool ClassifiesImages(const proto::Architecture& architecture);

// The networks of the architecture in `model`, for images of the size in it:
// new ones, whatever the model's parameters. FailedPrecondition, with the
// field, if they make no network.
absl::StatusOr<std::unique_ptr<PairEnsemble>> CreatePairEnsemble(
    const proto::Model& model, const NetworkGenerators& generators);

// The networks in `model`, whose outputs are those of the ones that were saved
// to the bit. They are in training mode, in which they draw from `dropout`,
// which must outlive them. Their background is for the caller to set.
//
// FailedPrecondition, with the field, what was expected there and what was
// found, unless the architecture makes a network and the parameters and buffers
// are its own: none is missing, unknown, there twice or of another shape. Their
// values may be any, NaN included. Memory is asked for only once the model has
// turned out to hold as many values.
absl::StatusOr<std::unique_ptr<PairEnsemble>> LoadPairEnsemble(
    const proto::Model& model, Generator& dropout);

// The same for the only network of a model; FailedPrecondition if it has
// several.
absl::StatusOr<std::unique_ptr<PairNetwork>> LoadPairNetwork(
    const proto::Model& model, Generator& dropout);

// The same into a network that is there, created after `architecture` for
// `images`; after an error it is as it was. FailedPrecondition too if the model
// is of another architecture, whatever both are called.
absl::Status RestorePairNetwork(const proto::Model& model,
                                const proto::Architecture& architecture,
                                const PairImages& images, PairNetwork& network);

}  // namespace minidl

#endif  // MINIDL_MODELS_NETWORK_STATE_H_
