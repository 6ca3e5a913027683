#ifndef MINIDL_TENSOR_KERNELS_OPTIMIZER_H_
#define MINIDL_TENSOR_KERNELS_OPTIMIZER_H_

#include <cstdint>

// One step of an optimizer on n parameters, in one pass over memory. Everywhere
// weight_decay parameter is added to the gradient first.
namespace minidl::kernels {

struct SgdStepOptions {
  double learning_rate = 0;
  double weight_decay = 0;
  // Of SgdMomentumStep alone.
  double momentum = 0;
  double dampening = 0;
  bool nesterov = false;
};

// parameter -= learning_rate gradient.
void SgdStep(int64_t n, const SgdStepOptions& options, const float* gradient,
             float* parameter);

// velocity = momentum velocity + (1 - dampening) gradient;
// parameter -= learning_rate velocity, or with nesterov
// parameter -= learning_rate (gradient + momentum velocity).
void SgdMomentumStep(int64_t n, const SgdStepOptions& options,
                     const float* gradient, float* velocity, float* parameter);

struct AdamStepOptions {
  double beta1;
  double beta2;
  double epsilon;
  // learning_rate / (1 - beta1^t) and sqrt(1 - beta2^t), in step t = 1, 2, ...
  double step_size;
  double second_moment_correction;
  double weight_decay = 0;
  // Of AdamW: 1 - learning_rate weight_decay, with no weight_decay above.
  double parameter_factor = 1;
};

// m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g²,
// parameter = parameter_factor parameter
//             - step_size m / (sqrt(v) / second_moment_correction + epsilon).
void AdamStep(int64_t n, const AdamStepOptions& options, const float* gradient,
              float* first_moment, float* second_moment, float* parameter);

struct RmspropStepOptions {
  double learning_rate;
  double alpha;
  double epsilon;
  double momentum = 0;
  double weight_decay = 0;
};

// v = alpha v + (1 - alpha) g², m = alpha m + (1 - alpha) g,
// step = g / (sqrt(max(v - m², 0)) + epsilon),
// velocity = momentum velocity + step; parameter -= learning_rate velocity.
// Without m, which may be null, sqrt(v) takes the place of the other root;
// without velocity, which may be null, step takes its place.
void RmspropStep(int64_t n, const RmspropStepOptions& options,
                 const float* gradient, float* mean_square, float* mean,
                 float* velocity, float* parameter);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_OPTIMIZER_H_
