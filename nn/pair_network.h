#ifndef MINIDL_NN_PAIR_NETWORK_H_
#define MINIDL_NN_PAIR_NETWORK_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nn/build_layers.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// The images that a PairNetwork compares.
struct PairImages {
  int64_t height;
  int64_t width;
  int64_t num_classes;  // 10 for digits.
};

// A network that compares the two images of a pair, after an Architecture
// message: branches turn the pair into features, and a head turns those into
// the comparison's two logits. Where the branches give as many features for
// each image as there are classes, the features are the images' class logits as
// well and can be trained as such: both gradients meet there.
template <typename T>
class BasicPairNetwork {
 public:
  struct Output {
    // N×2: the logits of "first > second" and of "first <= second".
    const Tensor<T>& comparison;
    // 2N×num_classes: the class logits of pair n's images are rows 2n and 2n+1.
    // Null if the branches do not classify.
    const Tensor<T>* classes;
  };

  // InvalidArgument, with the field, if the architecture makes no network.
  static absl::StatusOr<std::unique_ptr<BasicPairNetwork>> Create(
      const proto::Architecture& architecture, const PairImages& images,
      const NetworkGenerators& generators);

  // The output for pairs N×2×H×W, which must neither change nor go before
  // Backward. It stays until the next Forward.
  Output Forward(const Tensor<T>& pairs);

  // From the gradients of the loss by the two outputs, adds the gradients by
  // the parameters to theirs. `classes_gradient` is null if the loss does not
  // depend on the classes.
  void Backward(const Tensor<T>& comparison_gradient,
                const Tensor<T>* classes_gradient);

  // All parameters: "branch...." and "head....".
  std::vector<BasicNamedParameter<T>> Parameters();

  // All buffers, named likewise.
  std::vector<BasicNamedBuffer<T>> Buffers();

  // InvalidArgument, with the layer, if training on batches of `num_pairs`
  // pairs has no meaning (BasicModule::CheckTrainingBatch).
  absl::Status CheckTrainingBatch(int64_t num_pairs) const;

  // As BasicModule's.
  void SetTraining(bool training);

  // Its two modules: 2×H×W -> features, and features -> 2.
  BasicModule<T>& branches() { return *branches_; }
  BasicModule<T>& head() { return *head_; }
  const Shape& features() const { return features_; }

 private:
  BasicPairNetwork(std::unique_ptr<BasicModule<T>> branches,
                   std::unique_ptr<BasicModule<T>> head,
                   const PairImages& images, const Shape& features);

  const std::unique_ptr<BasicModule<T>> branches_;  // 2×H×W -> features.
  const std::unique_ptr<BasicModule<T>> head_;      // Features -> 2.
  const PairImages images_;
  const Shape features_;
  const bool classifies_;
  Tensor<T> classes_;
  Tensor<T> features_gradient_;
};

using PairNetwork = BasicPairNetwork<float>;

}  // namespace minidl

#endif  // MINIDL_NN_PAIR_NETWORK_H_
