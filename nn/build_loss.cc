#include "nn/build_loss.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/check_field.h"
#include "base/status_macros.h"
#include "nn/loss.h"
#include "proto/architecture.pb.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

template <typename T>
class CrossEntropy : public BasicClassificationLoss<T> {
 public:
  explicit CrossEntropy(const LossCrossEntropyOptions& options)
      : loss_(options) {}

  double Forward(const Tensor<T>& logits,
                 const Tensor<int64_t>& classes) override {
    return loss_.Forward(logits, classes);
  }
  const Tensor<T>& Backward(double weight) override {
    return loss_.Backward(weight);
  }

 private:
  BasicLossCrossEntropy<T> loss_;
};

// Loss is BasicLossMSE or BasicLossBCEWithLogits.
template <typename T, typename Loss>
class OfOneHot : public BasicClassificationLoss<T> {
 public:
  explicit OfOneHot(Reduction reduction) : loss_(reduction) {}

  double Forward(const Tensor<T>& logits,
                 const Tensor<int64_t>& classes) override {
    const Shape& shape = logits.shape();
    MINIDL_CHECK(shape.rank() == 2 && classes.shape() == Shape({shape[0]}),
                 "ClassificationLoss: logits ", shape.ToString(),
                 " and classes ", classes.shape().ToString(),
                 " are not N×C and N");
    one_hot_.Resize(shape);
    one_hot_.Fill(0);
    for (int64_t n = 0; n < shape[0]; ++n) {
      MINIDL_CHECK(0 <= classes(n) && classes(n) < shape[1],
                   "ClassificationLoss: class ", classes(n),
                   " where there are ", shape[1]);
      one_hot_(n, classes(n)) = 1;
    }
    return loss_.Forward(logits, one_hot_);
  }
  const Tensor<T>& Backward(double weight) override {
    return loss_.Backward(weight);
  }

 private:
  Loss loss_;
  Tensor<T> one_hot_;
};

absl::StatusOr<LossCrossEntropyOptions> CrossEntropyOptions(
    const proto::LossCrossEntropy& message, const std::string& path,
    int64_t num_classes) {
  LossCrossEntropyOptions options;
  MINIDL_RETURN_IF_ERROR(CheckFraction(absl::StrCat(path, ".label_smoothing"),
                                       message.label_smoothing()));
  options.label_smoothing = message.label_smoothing();
  const auto& weights = message.class_weights();
  options.class_weights.assign(weights.begin(), weights.end());
  if (weights.empty()) return options;
  const std::string field = absl::StrCat(path, ".class_weights");
  if (weights.size() != num_classes) {
    return absl::InvalidArgumentError(
        absl::StrCat(field, " has ", weights.size(), " numbers; expected ",
                     num_classes, ", one for each class"));
  }
  for (int i = 0; i < weights.size(); ++i) {
    MINIDL_RETURN_IF_ERROR(
        CheckNotNegative(absl::StrCat(field, "[", i, "]"), weights[i]));
  }
  if (std::all_of(weights.begin(), weights.end(),
                  [](double weight) { return weight == 0; })) {
    return FieldError(field, "0 for every class", "a positive number");
  }
  return options;
}

}  // namespace

template <typename T>
absl::StatusOr<std::unique_ptr<BasicClassificationLoss<T>>> BuildLoss(
    const proto::Loss& loss, const std::string& path, int64_t num_classes) {
  const Reduction reduction =
      loss.reduction() == proto::Loss::SUM ? Reduction::kSum : Reduction::kMean;
  switch (loss.kind_case()) {
    case proto::Loss::kMse:
      return std::make_unique<OfOneHot<T, BasicLossMSE<T>>>(reduction);
    case proto::Loss::kBceWithLogits:
      return std::make_unique<OfOneHot<T, BasicLossBCEWithLogits<T>>>(
          reduction);
    case proto::Loss::kCrossEntropy:
    case proto::Loss::KIND_NOT_SET:
      break;
  }
  MINIDL_ASSIGN_OR_RETURN(
      LossCrossEntropyOptions options,
      CrossEntropyOptions(loss.cross_entropy(),
                          absl::StrCat(path, ".cross_entropy"), num_classes));
  options.reduction = reduction;
  return std::make_unique<CrossEntropy<T>>(options);
}

template absl::StatusOr<std::unique_ptr<BasicClassificationLoss<float>>>
BuildLoss(const proto::Loss&, const std::string&, int64_t);
template absl::StatusOr<std::unique_ptr<BasicClassificationLoss<double>>>
BuildLoss(const proto::Loss&, const std::string&, int64_t);

}  // namespace minidl
