#include "nn/branches.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "nn/parameter.h"
#include "tensor/layout.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// The output shape of a pair of which each image goes through `branch`.
template <typename T>
absl::StatusOr<Shape> PairOutputShape(const std::string& description,
                                      const BasicModule<T>& branch,
                                      const Shape& input) {
  if (input.rank() != 3 || input[0] != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat(description, " needs inputs of shape [2, H, W], not ",
                     input.ToString()));
  }
  MINIDL_ASSIGN_OR_RETURN(const Shape output,
                          branch.OutputShape({1, input[1], input[2]}));
  if (output.rank() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        description, " needs branches that end with shape [F], not ",
        output.ToString(), "; put a Flatten before a Linear"));
  }
  return Shape{2 * output[0]};
}

template <typename T>
void CheckPairs(const Tensor<T>& input) {
  MINIDL_CHECK(input.shape().rank() == 4 && input.shape()[1] == 2,
               "Branches: input ", input.shape().ToString(), " is not N×2×H×W");
}

}  // namespace

template <typename T>
BasicSharedBranches<T>::BasicSharedBranches(
    std::unique_ptr<BasicModule<T>> branch)
    : branch_(std::move(branch)) {}

template <typename T>
std::string BasicSharedBranches<T>::Description() const {
  return absl::StrCat("SharedBranches(", branch_->Description(), ")");
}

template <typename T>
absl::StatusOr<Shape> BasicSharedBranches<T>::OutputShape(
    const Shape& input) const {
  return PairOutputShape<T>("SharedBranches", *branch_, input);
}

template <typename T>
const Tensor<T>& BasicSharedBranches<T>::Forward(const Tensor<T>& input) {
  CheckPairs(input);
  const Shape& shape = input.shape();
  CopyReshaped(input, {2 * shape[0], 1, shape[2], shape[3]}, images_);
  const Tensor<T>& features = branch_->Forward(images_);
  CopyReshaped(features, {shape[0], 2 * features.shape()[1]}, output_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicSharedBranches<T>::Backward(
    const Tensor<T>& output_gradient) {
  const Shape& shape = output_gradient.shape();
  MINIDL_CHECK(shape == output_.shape(), "SharedBranches: output gradient ",
               shape.ToString(), " where the output is ",
               output_.shape().ToString());
  CopyReshaped(output_gradient, {2 * shape[0], shape[1] / 2}, branch_gradient_);
  const Tensor<T>& images_gradient = branch_->Backward(branch_gradient_);
  if (this->needs_input_gradient()) {
    CopyReshaped(images_gradient,
                 {shape[0], 2, images_.shape()[2], images_.shape()[3]},
                 input_gradient_);
  }
  return input_gradient_;
}

template <typename T>
std::optional<BasicModuleWork<T>> BasicSharedBranches<T>::Work(
    const Shape& input) const {
  BasicModuleWork<T> work;
  work.parts.push_back({"", branch_.get(), {1, input[1], input[2]}, 2});
  return work;
}

template <typename T>
void BasicSharedBranches<T>::AppendParameters(
    const std::string& prefix,
    std::vector<BasicNamedParameter<T>>* parameters) {
  branch_->AppendParameters(prefix, parameters);
}

template <typename T>
void BasicSharedBranches<T>::AppendBuffers(
    const std::string& prefix, std::vector<BasicNamedBuffer<T>>* buffers) {
  branch_->AppendBuffers(prefix, buffers);
}

template <typename T>
absl::Status BasicSharedBranches<T>::CheckTrainingBatch(
    const std::string& path, const Shape& batch) const {
  return branch_->CheckTrainingBatch(path,
                                     {2 * batch[0], 1, batch[2], batch[3]});
}

template <typename T>
void BasicSharedBranches<T>::SetTraining(bool training) {
  branch_->SetTraining(training);
}

template <typename T>
void BasicSharedBranches<T>::SetNeedsInputGradient(bool needed) {
  BasicModule<T>::SetNeedsInputGradient(needed);
  branch_->SetNeedsInputGradient(needed);
}

template <typename T>
BasicSeparateBranches<T>::BasicSeparateBranches(
    std::unique_ptr<BasicModule<T>> first,
    std::unique_ptr<BasicModule<T>> second)
    : branches_{std::move(first), std::move(second)} {}

template <typename T>
std::string BasicSeparateBranches<T>::Description() const {
  return absl::StrCat("SeparateBranches(", branches_[0]->Description(), ", ",
                      branches_[1]->Description(), ")");
}

template <typename T>
absl::StatusOr<Shape> BasicSeparateBranches<T>::OutputShape(
    const Shape& input) const {
  MINIDL_ASSIGN_OR_RETURN(
      const Shape first,
      PairOutputShape<T>("SeparateBranches", *branches_[0], input));
  MINIDL_ASSIGN_OR_RETURN(
      const Shape second,
      PairOutputShape<T>("SeparateBranches", *branches_[1], input));
  if (first != second) {
    return absl::InvalidArgumentError(absl::StrCat(
        "SeparateBranches needs branches with as many features each, not ",
        first[0] / 2, " and ", second[0] / 2));
  }
  return first;
}

template <typename T>
const Tensor<T>& BasicSeparateBranches<T>::Forward(const Tensor<T>& input) {
  CheckPairs(input);
  const Shape& shape = input.shape();
  for (size_t i = 0; i < branches_.size(); ++i) {
    const auto part = static_cast<int64_t>(i);
    TakePart(input, part, {shape[0], 1, shape[2], shape[3]}, images_[i]);
    const Tensor<T>& features = branches_[i]->Forward(images_[i]);
    if (i == 0) output_.Resize({shape[0], 2 * features.shape()[1]});
    MINIDL_CHECK(features.shape() == Shape({shape[0], output_.shape()[1] / 2}),
                 "SeparateBranches: features ", features.shape().ToString(),
                 " of branch ", i, " for half of ", output_.shape().ToString());
    PutPart(features, part, output_);
  }
  return output_;
}

template <typename T>
const Tensor<T>& BasicSeparateBranches<T>::Backward(
    const Tensor<T>& output_gradient) {
  const Shape& shape = output_gradient.shape();
  MINIDL_CHECK(shape == output_.shape(), "SeparateBranches: output gradient ",
               shape.ToString(), " where the output is ",
               output_.shape().ToString());
  for (size_t i = 0; i < branches_.size(); ++i) {
    const auto part = static_cast<int64_t>(i);
    TakePart(output_gradient, part, {shape[0], shape[1] / 2},
             branch_gradients_[i]);
    const Tensor<T>& images_gradient =
        branches_[i]->Backward(branch_gradients_[i]);
    if (this->needs_input_gradient()) {
      const Shape& image = images_[i].shape();
      input_gradient_.Resize({shape[0], 2, image[2], image[3]});
      PutPart(images_gradient, part, input_gradient_);
    }
  }
  return input_gradient_;
}

template <typename T>
std::optional<BasicModuleWork<T>> BasicSeparateBranches<T>::Work(
    const Shape& input) const {
  BasicModuleWork<T> work;
  for (size_t i = 0; i < branches_.size(); ++i) {
    work.parts.push_back(
        {absl::StrCat(i), branches_[i].get(), {1, input[1], input[2]}});
  }
  return work;
}

template <typename T>
void BasicSeparateBranches<T>::AppendParameters(
    const std::string& prefix,
    std::vector<BasicNamedParameter<T>>* parameters) {
  branches_[0]->AppendParameters(absl::StrCat(prefix, "0."), parameters);
  branches_[1]->AppendParameters(absl::StrCat(prefix, "1."), parameters);
}

template <typename T>
void BasicSeparateBranches<T>::AppendBuffers(
    const std::string& prefix, std::vector<BasicNamedBuffer<T>>* buffers) {
  branches_[0]->AppendBuffers(absl::StrCat(prefix, "0."), buffers);
  branches_[1]->AppendBuffers(absl::StrCat(prefix, "1."), buffers);
}

template <typename T>
absl::Status BasicSeparateBranches<T>::CheckTrainingBatch(
    const std::string& path, const Shape& batch) const {
  for (const auto& branch : branches_) {
    MINIDL_RETURN_IF_ERROR(
        branch->CheckTrainingBatch(path, {batch[0], 1, batch[2], batch[3]}));
  }
  return absl::OkStatus();
}

template <typename T>
void BasicSeparateBranches<T>::SetTraining(bool training) {
  for (const auto& branch : branches_) branch->SetTraining(training);
}

template <typename T>
void BasicSeparateBranches<T>::SetNeedsInputGradient(bool needed) {
  BasicModule<T>::SetNeedsInputGradient(needed);
  for (const auto& branch : branches_) branch->SetNeedsInputGradient(needed);
}

template class BasicSharedBranches<float>;
template class BasicSharedBranches<double>;
template class BasicSeparateBranches<float>;
template class BasicSeparateBranches<double>;

}  // namespace minidl
