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
  const auto beta1 = static_cast<float>(options.beta1);
  const auto beta2 = static_cast<float>(options.beta2);
  // Of the doubles: 1 - 0.999f is 1.3e-5 of itself away from 0.001.
  const auto rest1 = static_cast<float>(1 - options.beta1);
  const auto rest2 = static_cast<float>(1 - options.beta2);
  const auto epsilon = static_cast<float>(options.epsilon);
  const auto step_size = static_cast<float>(options.step_size);
  const auto correction = static_cast<float>(options.second_moment_correction);
  for (int64_t i = 0; i < n; ++i) {
    const float g = gradient[i];
    const float m = beta1 * first_moment[i] + rest1 * g;
    const float v = beta2 * second_moment[i] + rest2 * g * g;
    first_moment[i] = m;
    second_moment[i] = v;
    parameter[i] -= step_size * m / (std::sqrt(v) / correction + epsilon);
  }
}

}  // namespace minidl::kernels
