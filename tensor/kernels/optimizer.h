#ifndef MINIDL_TENSOR_KERNELS_OPTIMIZER_H_
#define MINIDL_TENSOR_KERNELS_OPTIMIZER_H_

#include <cstdint>

// One step of an optimizer on n parameters, in one pass over memory.
namespace minidl::kernels {

// velocity = momentum velocity + gradient; parameter -= learning_rate velocity.
void SgdMomentumStep(int64_t n, float learning_rate, float momentum,
                     const float* gradient, float* velocity, float* parameter);

// parameter -= learning_rate gradient.
void SgdStep(int64_t n, float learning_rate, const float* gradient,
             float* parameter);

struct AdamStepOptions {
  double beta1;
  double beta2;
  double epsilon;
  // learning_rate / (1 - beta1^t) and sqrt(1 - beta2^t), in step t = 1, 2, ...
  double step_size;
  double second_moment_correction;
};

// m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g²,
// parameter -= step_size m / (sqrt(v) / second_moment_correction + epsilon).
void AdamStep(int64_t n, const AdamStepOptions& options, const float* gradient,
              float* first_moment, float* second_moment, float* parameter);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_OPTIMIZER_H_
