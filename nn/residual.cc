#include "nn/residual.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "tensor/elementwise.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// An error says which of the two modules an input does not fit.
template <typename T>
absl::StatusOr<Shape> PartOutputShape(const char* part,
                                      const BasicModule<T>& module,
                                      const Shape& input) {
  absl::StatusOr<Shape> output = module.OutputShape(input);
  if (output.ok()) return output;
  return absl::Status(
      output.status().code(),
      absl::StrCat("Residual: ", part, ": ", output.status().message()));
}

}  // namespace

template <typename T>
BasicResidual<T>::BasicResidual(std::unique_ptr<BasicModule<T>> layers,
                                std::unique_ptr<BasicModule<T>> shortcut)
    : layers_(std::move(layers)), shortcut_(std::move(shortcut)) {
  MINIDL_CHECK(layers_ != nullptr, "Residual: no layers");
}

template <typename T>
std::string BasicResidual<T>::Description() const {
  std::string text = absl::StrCat("Residual(", layers_->Description());
  if (shortcut_ != nullptr) {
    absl::StrAppend(&text, ", shortcut=", shortcut_->Description());
  }
  return absl::StrCat(text, ")");
}

template <typename T>
absl::StatusOr<Shape> BasicResidual<T>::OutputShape(const Shape& input) const {
  MINIDL_ASSIGN_OR_RETURN(const Shape output,
                          PartOutputShape("layers", *layers_, input));
  Shape added = input;
  if (shortcut_ != nullptr) {
    MINIDL_ASSIGN_OR_RETURN(added,
                            PartOutputShape("shortcut", *shortcut_, input));
  }
  if (output != added) {
    return absl::InvalidArgumentError(absl::StrCat(
        "Residual: the layers give shape ", output.ToString(),
        shortcut_ != nullptr ? ", the shortcut " : ", the input has ",
        added.ToString(),
        shortcut_ != nullptr ? "; expected the same"
                             : "; expected the same, or a shortcut"));
  }
  return output;
}

template <typename T>
const Tensor<T>& BasicResidual<T>::Forward(const Tensor<T>& input) {
  const Tensor<T>& output = layers_->Forward(input);
  const Tensor<T>& added =
      shortcut_ != nullptr ? shortcut_->Forward(input) : input;
  MINIDL_CHECK(output.shape() == added.shape(), "Residual: layers' output ",
               output.shape().ToString(), ", shortcut's ",
               added.shape().ToString());
  Add(output, added, output_);
  return output_;
}

template <typename T>
const Tensor<T>& BasicResidual<T>::Backward(const Tensor<T>& output_gradient) {
  const Tensor<T>& by_layers = layers_->Backward(output_gradient);
  const Tensor<T>& by_shortcut = shortcut_ != nullptr
                                     ? shortcut_->Backward(output_gradient)
                                     : output_gradient;
  if (this->needs_input_gradient()) {
    Add(by_layers, by_shortcut, input_gradient_);
  }
  return input_gradient_;
}

template <typename T>
void BasicResidual<T>::AppendParameters(
    const std::string& prefix,
    std::vector<BasicNamedParameter<T>>* parameters) {
  layers_->AppendParameters(absl::StrCat(prefix, "layers."), parameters);
  if (shortcut_ != nullptr) {
    shortcut_->AppendParameters(absl::StrCat(prefix, "shortcut."), parameters);
  }
}

template <typename T>
void BasicResidual<T>::AppendBuffers(
    const std::string& prefix, std::vector<BasicNamedBuffer<T>>* buffers) {
  layers_->AppendBuffers(absl::StrCat(prefix, "layers."), buffers);
  if (shortcut_ != nullptr) {
    shortcut_->AppendBuffers(absl::StrCat(prefix, "shortcut."), buffers);
  }
}

template <typename T>
absl::Status BasicResidual<T>::CheckTrainingBatch(const std::string& path,
                                                  const Shape& batch) const {
  MINIDL_RETURN_IF_ERROR(layers_->CheckTrainingBatch(
      absl::StrCat(path, ".residual.layers"), batch));
  if (shortcut_ == nullptr) return absl::OkStatus();
  return shortcut_->CheckTrainingBatch(absl::StrCat(path, ".residual.shortcut"),
                                       batch);
}

template <typename T>
void BasicResidual<T>::SetTraining(bool training) {
  layers_->SetTraining(training);
  if (shortcut_ != nullptr) shortcut_->SetTraining(training);
}

template <typename T>
void BasicResidual<T>::SetNeedsInputGradient(bool needed) {
  BasicModule<T>::SetNeedsInputGradient(needed);
  layers_->SetNeedsInputGradient(needed);
  if (shortcut_ != nullptr) shortcut_->SetNeedsInputGradient(needed);
}

template class BasicResidual<float>;
template class BasicResidual<double>;

}  // namespace minidl
