#include "nn/pair_network.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "nn/analytic_head.h"
#include "nn/branches.h"
#include "nn/build_layers.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "nn/sequential.h"
#include "proto/architecture.pb.h"
#include "tensor/elementwise.h"
#include "tensor/layout.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

template <typename T>
absl::StatusOr<std::unique_ptr<BasicModule<T>>> BuildBranches(
    const proto::Architecture& architecture, const PairImages& images,
    const NetworkGenerators& generators) {
  const auto build = [&](int64_t channels) {
    return BuildLayers<T>(architecture.branch(), "branch",
                          {channels, images.height, images.width}, generators,
                          architecture.initialization());
  };
  switch (architecture.branches()) {
    case proto::Architecture::JOINT:
      return build(2);
    case proto::Architecture::SHARED: {
      MINIDL_ASSIGN_OR_RETURN(auto branch, build(1));
      return std::make_unique<BasicSharedBranches<T>>(std::move(branch));
    }
    case proto::Architecture::SEPARATE: {
      MINIDL_ASSIGN_OR_RETURN(auto first, build(1));
      MINIDL_ASSIGN_OR_RETURN(auto second, build(1));
      return std::make_unique<BasicSeparateBranches<T>>(std::move(first),
                                                        std::move(second));
    }
    default:
      return absl::InvalidArgumentError(
          "branches is not set; expected JOINT, SEPARATE or SHARED");
  }
}

// Whether `features`, of both images, are as many as their classes' logits.
bool Classifies(const PairImages& images, const Shape& features) {
  return features[0] == 2 * images.num_classes;
}

// InvalidArgument if `features` are not the class logits that `what` needs.
absl::Status CheckClassifies(const std::string& what, const PairImages& images,
                             const Shape& features) {
  if (Classifies(images, features)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      what, ", but the branches give ", features[0], " features; expected ",
      2 * images.num_classes, ", the logits of each image's ",
      images.num_classes, " classes"));
}

template <typename T>
absl::StatusOr<std::unique_ptr<BasicModule<T>>> BuildHead(
    const proto::Architecture& architecture, const PairImages& images,
    const Shape& features, const NetworkGenerators& generators) {
  if (!architecture.has_analytic_head()) {
    return BuildLayers<T>(architecture.head(), "head", features, generators,
                          architecture.initialization());
  }
  if (!architecture.head().empty()) {
    return absl::InvalidArgumentError(
        "head and analytic_head are both there; expected one of them");
  }
  MINIDL_RETURN_IF_ERROR(
      CheckClassifies("there is an analytic_head", images, features));
  return std::make_unique<BasicAnalyticHead<T>>();
}

}  // namespace

template <typename T>
BasicPairNetwork<T>::BasicPairNetwork(std::unique_ptr<BasicModule<T>> branches,
                                      std::unique_ptr<BasicModule<T>> head,
                                      const PairImages& images,
                                      const Shape& features)
    : branches_(std::move(branches)),
      head_(std::move(head)),
      images_(images),
      features_(features),
      classifies_(Classifies(images, features)) {}

template <typename T>
absl::StatusOr<std::unique_ptr<BasicPairNetwork<T>>>
BasicPairNetwork<T>::Create(const proto::Architecture& architecture,
                            const PairImages& images,
                            const NetworkGenerators& generators) {
  const double auxiliary_loss_weight = architecture.auxiliary_loss_weight();
  if (!(auxiliary_loss_weight >= 0 && std::isfinite(auxiliary_loss_weight))) {
    return absl::InvalidArgumentError(
        absl::StrCat("auxiliary_loss_weight is ", auxiliary_loss_weight,
                     "; expected 0 or a positive number"));
  }
  MINIDL_ASSIGN_OR_RETURN(std::unique_ptr<BasicModule<T>> branches,
                          BuildBranches<T>(architecture, images, generators));
  // Nothing before the branches is trained.
  branches->SetNeedsInputGradient(false);
  MINIDL_ASSIGN_OR_RETURN(
      const Shape features,
      branches->OutputShape({2, images.height, images.width}));
  if (features.rank() != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("branch ends with shape ", features.ToString(),
                     "; expected [F]: put flatten {} before a linear layer"));
  }
  MINIDL_ASSIGN_OR_RETURN(
      std::unique_ptr<BasicModule<T>> head,
      BuildHead<T>(architecture, images, features, generators));
  MINIDL_ASSIGN_OR_RETURN(const Shape output, head->OutputShape(features));
  if (output != Shape{2}) {
    return absl::InvalidArgumentError(absl::StrCat(
        architecture.head().empty() ? "branch, without a head," : "head",
        " ends with shape ", output.ToString(),
        "; expected [2], the logits of the comparison"));
  }
  if (auxiliary_loss_weight != 0) {
    MINIDL_RETURN_IF_ERROR(CheckClassifies(
        absl::StrCat("auxiliary_loss_weight is ", auxiliary_loss_weight),
        images, features));
  }
  return std::unique_ptr<BasicPairNetwork>(new BasicPairNetwork(
      std::move(branches), std::move(head), images, features));
}

template <typename T>
typename BasicPairNetwork<T>::Output BasicPairNetwork<T>::Forward(
    const Tensor<T>& pairs) {
  const Tensor<T>& features = branches_->Forward(pairs);
  const Tensor<T>& comparison = head_->Forward(features);
  if (!classifies_) return {comparison, nullptr};
  CopyReshaped(features, {2 * features.shape()[0], images_.num_classes},
               classes_);
  return {comparison, &classes_};
}

template <typename T>
void BasicPairNetwork<T>::Backward(const Tensor<T>& comparison_gradient,
                                   const Tensor<T>* classes_gradient) {
  const Tensor<T>& from_head = head_->Backward(comparison_gradient);
  if (classes_gradient == nullptr) {
    branches_->Backward(from_head);
    return;
  }
  MINIDL_CHECK(classifies_ && classes_gradient->shape() == classes_.shape(),
               "PairNetwork: gradient of the classes ",
               classes_gradient->shape().ToString(), " where the logits are ",
               classes_.shape().ToString());
  CopyReshaped(*classes_gradient, from_head.shape(), features_gradient_);
  AddTo(from_head, features_gradient_);
  branches_->Backward(features_gradient_);
}

template <typename T>
std::vector<BasicNamedParameter<T>> BasicPairNetwork<T>::Parameters() {
  std::vector<BasicNamedParameter<T>> parameters;
  branches_->AppendParameters("branch.", &parameters);
  head_->AppendParameters("head.", &parameters);
  return parameters;
}

template <typename T>
std::vector<BasicNamedBuffer<T>> BasicPairNetwork<T>::Buffers() {
  std::vector<BasicNamedBuffer<T>> buffers;
  branches_->AppendBuffers("branch.", &buffers);
  head_->AppendBuffers("head.", &buffers);
  return buffers;
}

template <typename T>
absl::Status BasicPairNetwork<T>::CheckTrainingBatch(int64_t num_pairs) const {
  MINIDL_RETURN_IF_ERROR(branches_->CheckTrainingBatch(
      "branch", {num_pairs, 2, images_.height, images_.width}));
  return head_->CheckTrainingBatch("head", features_.WithOuter(num_pairs));
}

template <typename T>
void BasicPairNetwork<T>::SetTraining(bool training) {
  branches_->SetTraining(training);
  head_->SetTraining(training);
}

template class BasicPairNetwork<float>;
template class BasicPairNetwork<double>;

}  // namespace minidl
