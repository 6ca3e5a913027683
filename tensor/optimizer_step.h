#ifndef MINIDL_TENSOR_OPTIMIZER_STEP_H_
#define MINIDL_TENSOR_OPTIMIZER_STEP_H_

#include "tensor/kernels/optimizer.h"
#include "tensor/tensor.h"

// One step of an optimizer on a parameter, in one pass over memory. All tensors
// of a call have one shape; others stop the program. Everywhere weight_decay
// parameter is added to the gradient first.
namespace minidl {

using SgdStepOptions = kernels::SgdStepOptions;
using AdamStepOptions = kernels::AdamStepOptions;
using RmspropStepOptions = kernels::RmspropStepOptions;

// parameter = parameter - learning_rate gradient.
void SgdStep(const SgdStepOptions& options, const Tensor<float>& gradient,
             Tensor<float>& parameter);

// velocity = momentum velocity + (1 - dampening) gradient;
// parameter = parameter - learning_rate velocity, or with nesterov
// parameter = parameter - learning_rate (gradient + momentum velocity).
void SgdMomentumStep(const SgdStepOptions& options,
                     const Tensor<float>& gradient, Tensor<float>& velocity,
                     Tensor<float>& parameter);

// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g²;
// parameter = parameter_factor parameter
//             - step_size m / (sqrt(v) / second_moment_correction + epsilon).
void AdamStep(const AdamStepOptions& options, const Tensor<float>& gradient,
              Tensor<float>& first_moment, Tensor<float>& second_moment,
              Tensor<float>& parameter);

// v = alpha v + (1 - alpha) g²; m = alpha m + (1 - alpha) g;
// step = g / (sqrt(max(v - m², 0)) + epsilon);
// velocity = momentum velocity + step;
// parameter = parameter - learning_rate velocity.
// Without m, which may be null, sqrt(v) takes the place of the other root;
// without velocity, which may be null, step takes its place.
void RmspropStep(const RmspropStepOptions& options,
                 const Tensor<float>& gradient, Tensor<float>& mean_square,
                 Tensor<float>* mean, Tensor<float>* velocity,
                 Tensor<float>& parameter);

}  // namespace minidl

#endif  // MINIDL_TENSOR_OPTIMIZER_STEP_H_
