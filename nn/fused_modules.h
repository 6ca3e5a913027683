#ifndef MINIDL_NN_FUSED_MODULES_H_
#define MINIDL_NN_FUSED_MODULES_H_

#include <cstddef>

#include "nn/module.h"
#include "tensor/tensor.h"

namespace minidl {

// Whether `module`, which may be null, is a MaxPool2d of kernel size 2 and
// stride 2.
bool IsMaxPool2dOfTwo(const Module* module);

// Whether `module`, which may be null, is a ReLU.
bool IsReLU(const Module* module);

// Computes what a run of modules of a Sequential computes, in fewer passes. The
// parameters and their gradients are the modules' own, and they outlive it.
class FusedModules {
 public:
  virtual ~FusedModules() = default;

  // How many modules it stands for.
  virtual size_t num_modules() const = 0;

  // As Module's. The gradient by the input is computed if the first module was
  // told, before Forward, that it is needed.
  virtual const Tensor<float>& Forward(const Tensor<float>& input) = 0;
  virtual const Tensor<float>& Backward(
      const Tensor<float>& output_gradient) = 0;
};

}  // namespace minidl

#endif  // MINIDL_NN_FUSED_MODULES_H_
