#include "nn/pair_loss.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/check.h"
#include "base/check_field.h"
#include "base/status_macros.h"
#include "nn/build_loss.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
BasicPairLoss<T>::BasicPairLoss(Loss comparison, Loss auxiliary,
                                double comparison_weight,
                                double auxiliary_weight,
                                double auxiliary_factor)
    : comparison_(std::move(comparison)),
      auxiliary_(std::move(auxiliary)),
      comparison_weight_(comparison_weight),
      auxiliary_weight_(auxiliary_weight),
      auxiliary_factor_(auxiliary_factor) {}

template <typename T>
absl::StatusOr<std::unique_ptr<BasicPairLoss<T>>> BasicPairLoss<T>::Create(
    const proto::Architecture& architecture, int64_t num_classes) {
  const double auxiliary_weight = architecture.auxiliary_loss_weight();
  if (architecture.has_auxiliary_loss() && auxiliary_weight == 0) {
    return absl::InvalidArgumentError(
        "auxiliary_loss is set; expected an auxiliary_loss_weight with it");
  }
  const double comparison_weight = architecture.has_comparison_loss_weight()
                                       ? architecture.comparison_loss_weight()
                                       : 1;
  MINIDL_RETURN_IF_ERROR(
      CheckNotNegative("comparison_loss_weight", comparison_weight));
  if (comparison_weight == 0) {
    // What else would be trained to compare?
    if (!architecture.has_analytic_head() || auxiliary_weight == 0) {
      return FieldError("comparison_loss_weight", 0,
                        "more than 0, except with an analytic_head and an "
                        "auxiliary_loss_weight");
    }
    if (architecture.has_comparison_loss()) {
      return absl::InvalidArgumentError(
          "comparison_loss is set; expected a comparison_loss_weight of more "
          "than 0 with it");
    }
  }
  MINIDL_ASSIGN_OR_RETURN(Loss comparison,
                          BuildLoss<T>(architecture.comparison_loss(),
                                       "comparison_loss", /*num_classes=*/2));
  MINIDL_ASSIGN_OR_RETURN(Loss auxiliary,
                          BuildLoss<T>(architecture.auxiliary_loss(),
                                       "auxiliary_loss", num_classes));
  // A mean is over the images, of which a pair has two.
  const double factor =
      architecture.auxiliary_loss().reduction() == proto::Loss::SUM ? 1 : 2;
  return std::unique_ptr<BasicPairLoss>(
      new BasicPairLoss(std::move(comparison), std::move(auxiliary),
                        comparison_weight, auxiliary_weight, factor));
}

template <typename T>
typename BasicPairLoss<T>::Value BasicPairLoss<T>::Forward(
    const typename BasicPairNetwork<T>::Output& output,
    const Tensor<int64_t>& comparisons, const Tensor<int64_t>& classes) {
  Value value = {0, comparison_->Forward(output.comparison, comparisons), 0};
  if (has_auxiliary()) {
    MINIDL_CHECK(output.classes != nullptr,
                 "PairLoss: a network that does not classify");
    value.auxiliary =
        auxiliary_factor_ * auxiliary_->Forward(*output.classes, classes);
  }
  value.total = comparison_weight_ * value.comparison +
                auxiliary_weight_ * value.auxiliary;
  return value;
}

template <typename T>
const Tensor<T>& BasicPairLoss<T>::Backward(BasicPairNetwork<T>& network) {
  return network.Backward(
      comparison_->Backward(comparison_weight_),
      has_auxiliary()
          ? &auxiliary_->Backward(auxiliary_factor_ * auxiliary_weight_)
          : nullptr);
}

template class BasicPairLoss<float>;
template class BasicPairLoss<double>;

}  // namespace minidl
