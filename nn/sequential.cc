#include "nn/sequential.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "nn/fused_modules.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "nn/parameter.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
template <typename T>
void BasicSequential<T>::Add(std::unique_ptr<BasicModule<T>> module) {
  modules_.push_back(std::move(module));
  Plan();
}

template <typename T>
std::string BasicSequential<T>::Description() const {
  return absl::StrCat("Sequential(",
                      absl::StrJoin(modules_, ", ",
                                    [](std::string* out, const auto& module) {
                                      absl::StrAppend(out,
                                                      module->Description());
                                    }),
                      ")");
}

template <typename T>
absl::StatusOr<Shape> BasicSequential<T>::OutputShape(
    const Shape& input) const {
  Shape shape = input;
  for (size_t i = 0; i < modules_.size(); ++i) {
    absl::StatusOr<Shape> output = modules_[i]->OutputShape(shape);
    if (!output.ok()) {
      return absl::Status(
          output.status().code(),
          absl::StrCat("layer ", i, ": ", output.status().message()));
    }
    shape = *std::move(output);
  }
  return shape;
}

template <typename T>
const Tensor<T>& BasicSequential<T>::Forward(const Tensor<T>& input) {
  const Tensor<T>* current = &input;
  for (const Step& step : steps_) {
    if constexpr (std::is_same_v<T, float>) {
      if (step.fused != nullptr) {
        current = &step.fused->Forward(*current);
        continue;
      }
    }
    current = &modules_[step.module]->Forward(*current);
  }
  return *current;
}

template <typename T>
const Tensor<T>& BasicSequential<T>::Backward(
    const Tensor<T>& output_gradient) {
  const Tensor<T>* current = &output_gradient;
  for (auto step = steps_.rbegin();
       step != steps_.rend() && step->module >= first_backward_; ++step) {
    if constexpr (std::is_same_v<T, float>) {
      if (step->fused != nullptr) {
        current = &step->fused->Backward(*current);
        continue;
      }
    }
    current = &modules_[step->module]->Backward(*current);
  }
  return *current;
}

template <typename T>
std::optional<BasicModuleWork<T>> BasicSequential<T>::Work(
    const Shape& input) const {
  BasicModuleWork<T> work;
  Shape shape = input;
  for (size_t i = 0; i < modules_.size(); ++i) {
    work.parts.push_back({absl::StrCat(i), modules_[i].get(), shape});
    shape = *modules_[i]->OutputShape(shape);
  }
  return work;
}

template <typename T>
void BasicSequential<T>::AppendParameters(
    const std::string& prefix,
    std::vector<BasicNamedParameter<T>>* parameters) {
  for (size_t i = 0; i < modules_.size(); ++i) {
    modules_[i]->AppendParameters(absl::StrCat(prefix, i, "."), parameters);
  }
}

template <typename T>
void BasicSequential<T>::AppendBuffers(
    const std::string& prefix, std::vector<BasicNamedBuffer<T>>* buffers) {
  for (size_t i = 0; i < modules_.size(); ++i) {
    modules_[i]->AppendBuffers(absl::StrCat(prefix, i, "."), buffers);
  }
}

template <typename T>
absl::Status BasicSequential<T>::CheckTrainingBatch(const std::string& path,
                                                    const Shape& batch) const {
  Shape shape = batch.WithoutOuter();
  for (size_t i = 0; i < modules_.size(); ++i) {
    // As an architecture file has a Sequential within this one.
    const bool nested =
        dynamic_cast<const BasicSequential*>(modules_[i].get()) != nullptr;
    MINIDL_RETURN_IF_ERROR(modules_[i]->CheckTrainingBatch(
        absl::StrCat(path, "[", i, "]", nested ? ".sequential.layers" : ""),
        shape.WithOuter(batch[0])));
    MINIDL_ASSIGN_OR_RETURN(shape, modules_[i]->OutputShape(shape));
  }
  return absl::OkStatus();
}

template <typename T>
void BasicSequential<T>::SetTraining(bool training) {
  for (const auto& module : modules_) module->SetTraining(training);
}

template <typename T>
void BasicSequential<T>::SetNeedsInputGradient(bool needed) {
  BasicModule<T>::SetNeedsInputGradient(needed);
  Plan();
}

template <typename T>
void BasicSequential<T>::Plan() {
  first_backward_ = 0;
  if (!this->needs_input_gradient()) {
    while (first_backward_ < modules_.size() &&
           modules_[first_backward_]->Parameters().empty()) {
      ++first_backward_;
    }
  }
  for (size_t i = 0; i < modules_.size(); ++i) {
    modules_[i]->SetNeedsInputGradient(this->needs_input_gradient() ||
                                       i > first_backward_);
  }
  steps_.clear();
  for (size_t i = 0; i < modules_.size();) {
    Step& step = steps_.emplace_back();
    step.module = i;
    if constexpr (std::is_same_v<T, float>) {
      step.fused =
          FusedModules::Match(absl::MakeConstSpan(modules_).subspan(i));
    }
    i += step.fused != nullptr ? step.fused->num_modules() : 1;
  }
}

template class BasicSequential<float>;
template class BasicSequential<double>;

}  // namespace minidl
