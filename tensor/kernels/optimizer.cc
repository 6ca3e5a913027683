#include "tensor/kernels/optimizer.h"

#include <cmath>
#include <cstdint>

namespace minidl::kernels {

void SgdMomentumStep(int64_t n, float learning_rate, float momentum,
                     const float* gradient, float* velocity, float* parameter) {
  for (int64_t i = 0; i < n; ++i) {
    velocity[i] = momentum * velocity[i] + gradient[i];
    parameter[i] -= learning_rate * velocity[i];
  }
}

void SgdStep(int64_t n, float learning_rate, const float* gradient,
             float* parameter) {
  for (int64_t i = 0; i < n; ++i) parameter[i] -= learning_rate * gradient[i];
}

void AdamStep(int64_t n, const AdamStepOptions& options, const float* gradient,
              float* first_moment, float* second_moment, float* parameter) {
  const AdamStepOptions o = options;
  for (int64_t i = 0; i < n; ++i) {
    const float g = gradient[i];
    const float m = o.beta1 * first_moment[i] + (1 - o.beta1) * g;
    const float v = o.beta2 * second_moment[i] + (1 - o.beta2) * g * g;
    first_moment[i] = m;
    second_moment[i] = v;
    parameter[i] -= o.step_size * m /
                    (std::sqrt(v) / o.second_moment_correction + o.epsilon);
  }
}

}  // namespace minidl::kernels
