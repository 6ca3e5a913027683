#include "nn/clip_gradients.h"

#include <cmath>
#include <vector>

#include "base/check.h"
#include "nn/parameter.h"
#include "tensor/elementwise.h"
#include "tensor/tensor.h"

namespace minidl {

double ClipGradientNorm(const std::vector<NamedParameter>& parameters,
                        double max_norm) {
  MINIDL_CHECK(max_norm > 0, "ClipGradientNorm: max_norm is ", max_norm,
               "; expected a positive number");
  double sum_of_squares = 0;
  for (const NamedParameter& named : parameters) {
    sum_of_squares += SumOfSquares(named.parameter->gradient);
  }
  const double norm = std::sqrt(sum_of_squares);
  const double factor = max_norm / (norm + 1e-6);
  if (factor >= 1) return norm;
  for (const NamedParameter& named : parameters) {
    Tensor<float>& gradient = named.parameter->gradient;
    Scale(gradient, static_cast<float>(factor), gradient);
  }
  return norm;
}

void ClipGradientValues(const std::vector<NamedParameter>& parameters,
                        double max_value) {
  MINIDL_CHECK(max_value > 0, "ClipGradientValues: max_value is ", max_value,
               "; expected a positive number");
  for (const NamedParameter& named : parameters) {
    Tensor<float>& gradient = named.parameter->gradient;
    Clamp(gradient, static_cast<float>(max_value), gradient);
  }
}

}  // namespace minidl
