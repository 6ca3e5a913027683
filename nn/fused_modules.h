#ifndef MINIDL_NN_FUSED_MODULES_H_
#define MINIDL_NN_FUSED_MODULES_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "nn/fused_run.h"
#include "nn/module.h"
#include "tensor/tensor.h"

namespace minidl {

// Runs of modules that are computed in fewer passes (FusedConvolutions and
// FusedConvNorms) and follow one another: they hand over images with the
// channels last, as all of them compute, and only what goes in and what comes
// out at the end is N×C×H×W. The parameters and their gradients are the
// modules' own, and they outlive it.
class FusedModules {
 public:
  // For all such runs that `modules` start with; null if there is none.
  static std::unique_ptr<FusedModules> Match(
      absl::Span<const std::unique_ptr<Module>> modules);

  // How many modules it stands for.
  size_t num_modules() const { return num_modules_; }

  // As Module's. The gradient by the input is computed if the first module was
  // told, before Forward, that it is needed.
  const Tensor<float>& Forward(const Tensor<float>& input);
  const Tensor<float>& Backward(const Tensor<float>& output_gradient);

 private:
  std::vector<std::unique_ptr<FusedRun>> runs_;
  size_t num_modules_ = 0;
};

}  // namespace minidl

#endif  // MINIDL_NN_FUSED_MODULES_H_
