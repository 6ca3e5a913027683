#ifndef MINIDL_NN_PAIR_ENSEMBLE_H_
#define MINIDL_NN_PAIR_ENSEMBLE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "nn/build_layers.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "tensor/tensor.h"

namespace minidl {

// All that answers for an Architecture: its `networks`, which are trained one
// by one and answer together, and the places at which they see a pair after its
// `test_shift`. Mostly one network and one place.
class PairEnsemble {
 public:
  // InvalidArgument, with the field, if the architecture makes no network. All
  // initial weights are drawn here, network after network.
  static absl::StatusOr<std::unique_ptr<PairEnsemble>> Create(
      const proto::Architecture& architecture, const PairImages& images,
      const NetworkGenerators& generators);

  // What images have outside of their borders, where test_shift lets one see
  // it: the value of paper in the inputs.
  void set_background(float background) { background_ = background; }

  const std::vector<std::unique_ptr<PairNetwork>>& networks() const {
    return networks_;
  }

  // The answer for pairs N×2×H×W, in evaluation mode, in which the networks are
  // left: a network's own logits if there are one network and one place,
  // otherwise the logarithms of the averages of all networks' probabilities at
  // all places, which are logits too. They stay until the next call.
  PairNetwork::Output Predict(const Tensor<float>& pairs);

  // All parameters and buffers: one network's, or each network's with its
  // number, from 0, and a dot before the names.
  std::vector<NamedParameter> Parameters();
  std::vector<NamedBuffer> Buffers();

 private:
  // Probabilities that are added up, and their average's logarithms.
  struct Average {
    void Clear(const Tensor<float>& logits);
    void Add(const Tensor<float>& logits);
    const Tensor<float>& Logits(int64_t count);

    Tensor<float> sum;
    Tensor<float> probabilities;
    Tensor<float> workspace;
    Tensor<int64_t> no_targets;
  };

  PairEnsemble(std::vector<std::unique_ptr<PairNetwork>> networks,
               int64_t test_shift);

  const std::vector<std::unique_ptr<PairNetwork>> networks_;
  const int64_t test_shift_;
  float background_ = 0;
  Tensor<float> moved_;
  Average comparison_;
  Average classes_;
};

}  // namespace minidl

#endif  // MINIDL_NN_PAIR_ENSEMBLE_H_
