#include "nn/initialization.h"

#include <cmath>
#include <cstdint>

#include "base/check.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
void InitializeUniform(Generator& generator, Tensor<T>& weight,
                       Tensor<T>& bias) {
  MINIDL_CHECK(weight.shape().rank() >= 2 && weight.size() > 0,
               "InitializeUniform: weight ", weight.shape().ToString());
  const double fan_in = static_cast<double>(weight.size() / weight.shape()[0]);
  // PyTorch's way to 1 / sqrt(fan_in), rounding by rounding.
  const double gain = std::sqrt(2.0 / (1.0 + std::sqrt(5.0) * std::sqrt(5.0)));
  const double weight_bound = std::sqrt(3.0) * (gain / std::sqrt(fan_in));
  FillUniform(-weight_bound, weight_bound, generator, weight);
  const double bias_bound = 1 / std::sqrt(fan_in);
  FillUniform(-bias_bound, bias_bound, generator, bias);
}

template void InitializeUniform(Generator&, Tensor<float>&, Tensor<float>&);
template void InitializeUniform(Generator&, Tensor<double>&, Tensor<double>&);

}  // namespace minidl
