#include "nn/fused_modules.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/types/span.h"
#include "nn/fused_conv_norms.h"
#include "nn/fused_convolutions.h"
#include "nn/fused_run.h"
#include "nn/module.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

std::unique_ptr<FusedRun> MatchRun(
    absl::Span<const std::unique_ptr<Module>> modules) {
  if (auto run = FusedConvolutions::Match(modules)) return run;
  return FusedConvNorms::Match(modules);
}

}  // namespace

std::unique_ptr<FusedModules> FusedModules::Match(
    absl::Span<const std::unique_ptr<Module>> modules) {
  auto fused = std::make_unique<FusedModules>();
  while (auto run = MatchRun(modules.subspan(fused->num_modules_))) {
    fused->num_modules_ += run->num_modules();
    fused->runs_.push_back(std::move(run));
  }
  if (fused->runs_.empty()) return nullptr;
  return fused;
}

const Tensor<float>& FusedModules::Forward(const Tensor<float>& input) {
  FusedImages images;
  images.planes = &input;
  for (size_t i = 0; i < runs_.size(); ++i) {
    std::optional<int64_t> border;
    if (i + 1 < runs_.size()) border = runs_[i + 1]->padding();
    images = runs_[i]->Forward(images, border);
  }
  return *images.planes;
}

const Tensor<float>& FusedModules::Backward(
    const Tensor<float>& output_gradient) {
  FusedImages gradient;
  gradient.planes = &output_gradient;
  for (size_t i = runs_.size(); i-- > 0;) {
    gradient = runs_[i]->Backward(gradient);
  }
  return *gradient.planes;
}

}  // namespace minidl
