#ifndef MINIDL_TENSOR_OPTIMIZER_STEP_H_
#define MINIDL_TENSOR_OPTIMIZER_STEP_H_

#include "tensor/kernels/optimizer.h"
#include "tensor/tensor.h"

// One step of an optimizer on a parameter, in one pass over memory. All tensors
// of a call have one shape; others stop the program.
namespace minidl {

// parameter = parameter - learning_rate gradient.
void SgdStep(float learning_rate, const Tensor<float>& gradient,
             Tensor<float>& parameter);

// velocity = momentum velocity + gradient;
// parameter = parameter - learning_rate velocity.
void SgdMomentumStep(float learning_rate, float momentum,
                     const Tensor<float>& gradient, Tensor<float>& velocity,
                     Tensor<float>& parameter);

using AdamStepOptions = kernels::AdamStepOptions;

// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g²;
// parameter = parameter
//             - step_size m / (sqrt(v) / second_moment_correction + epsilon).
void AdamStep(const AdamStepOptions& options, const Tensor<float>& gradient,
              Tensor<float>& first_moment, Tensor<float>& second_moment,
              Tensor<float>& parameter);

}  // namespace minidl

#endif  // MINIDL_TENSOR_OPTIMIZER_STEP_H_
