#ifndef MINIDL_NN_BUILD_LOSS_H_
#define MINIDL_NN_BUILD_LOSS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "proto/architecture.pb.h"
#include "tensor/tensor.h"

namespace minidl {

// Any of the losses as one of logits, N×C, and classes of N examples, from 0:
// where a loss wants a target for each logit, that is 1 for the example's class
// and 0 for the others.
template <typename T>
class BasicClassificationLoss {
 public:
  BasicClassificationLoss() = default;
  BasicClassificationLoss(const BasicClassificationLoss&) = delete;
  BasicClassificationLoss& operator=(const BasicClassificationLoss&) = delete;
  virtual ~BasicClassificationLoss() = default;

  // As those of the losses themselves (nn/loss.h).
  virtual double Forward(const Tensor<T>& logits,
                         const Tensor<int64_t>& classes) = 0;
  virtual const Tensor<T>& Backward(double weight) = 0;
};

using ClassificationLoss = BasicClassificationLoss<float>;

// The loss that `loss` describes, cross-entropy if it is empty. InvalidArgument
// for a field without meaning, such as "comparison_loss.cross_entropy.
// label_smoothing is 1; expected at least 0 and less than 1" where `path` is
// "comparison_loss".
template <typename T>
absl::StatusOr<std::unique_ptr<BasicClassificationLoss<T>>> BuildLoss(
    const proto::Loss& loss, const std::string& path, int64_t num_classes);

}  // namespace minidl

#endif  // MINIDL_NN_BUILD_LOSS_H_
