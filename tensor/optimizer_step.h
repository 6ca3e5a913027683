#ifndef MINIDL_TENSOR_OPTIMIZER_STEP_H_
#define MINIDL_TENSOR_OPTIMIZER_STEP_H_

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

struct AdamStepOptions {
  double beta1;
  double beta2;
  double epsilon;
  double step_size;                 // learning_rate / (1 - beta1^t)
  double second_moment_correction;  // sqrt(1 - beta2^t)
};

// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g²;
// parameter = parameter
//             - step_size m / (sqrt(v) / second_moment_correction + epsilon).
void AdamStep(const AdamStepOptions& options, const Tensor<float>& gradient,
              Tensor<float>& first_moment, Tensor<float>& second_moment,
              Tensor<float>& parameter);

}  // namespace minidl

#endif  // MINIDL_TENSOR_OPTIMIZER_STEP_H_
