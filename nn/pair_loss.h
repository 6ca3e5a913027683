#ifndef MINIDL_NN_PAIR_LOSS_H_
#define MINIDL_NN_PAIR_LOSS_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "nn/build_loss.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "tensor/tensor.h"

namespace minidl {

// What a PairNetwork is trained to lower, after an Architecture message:
// comparison_loss_weight times the loss of the comparison, plus
// auxiliary_loss_weight times the sum of the losses of the two images' classes.
template <typename T>
class BasicPairLoss {
 public:
  struct Value {
    double total;
    // Before they are weighted; the auxiliary one is 0 if its weight is.
    double comparison;
    double auxiliary;
  };

  // InvalidArgument, with the field, if the architecture describes no losses.
  // PairNetwork::Create has accepted it.
  static absl::StatusOr<std::unique_ptr<BasicPairLoss>> Create(
      const proto::Architecture& architecture, int64_t num_classes);

  double comparison_weight() const { return comparison_weight_; }
  double auxiliary_weight() const { return auxiliary_weight_; }
  // Whether the images' classes are trained.
  bool has_auxiliary() const { return auxiliary_weight_ != 0; }

  // For N pairs: the network's output, the comparisons' classes N, and the
  // images' classes 2N, that of pair n's images at 2n and 2n + 1. All must
  // neither change nor go before Backward.
  Value Forward(const typename BasicPairNetwork<T>::Output& output,
                const Tensor<int64_t>& comparisons,
                const Tensor<int64_t>& classes);

  // network.Backward with the gradients of the latest total.
  const Tensor<T>& Backward(BasicPairNetwork<T>& network);

 private:
  using Loss = std::unique_ptr<BasicClassificationLoss<T>>;

  BasicPairLoss(Loss comparison, Loss auxiliary, double comparison_weight,
                double auxiliary_weight, double auxiliary_factor);

  const Loss comparison_;
  const Loss auxiliary_;
  const double comparison_weight_;
  const double auxiliary_weight_;
  // Makes a sum of two losses of one over all images.
  const double auxiliary_factor_;
};

using PairLoss = BasicPairLoss<float>;

}  // namespace minidl

#endif  // MINIDL_NN_PAIR_LOSS_H_
