#include "nn/initialization.h"

#include <cmath>

#include "base/check.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

template <typename T>
void FillSymmetric(double bound, Generator& generator, Tensor<T>& tensor) {
  FillUniform(-bound, bound, generator, tensor);
}

}  // namespace

// Standard deviations and bounds are computed as in torch/nn/init.py, rounding
// by rounding.
template <typename T>
void Initialize(Initialization initialization, Generator& generator,
                Tensor<T>& weight, Tensor<T>& bias) {
  const Shape& shape = weight.shape();
  MINIDL_CHECK(shape.rank() >= 2 && weight.size() > 0, "Initialize: weight ",
               shape.ToString());
  const double fan_in = static_cast<double>(weight.size() / shape[0]);
  const double fan_out = static_cast<double>(weight.size() / shape[1]);
  const double xavier_deviation = std::sqrt(2 / (fan_in + fan_out));
  const double kaiming_deviation = std::sqrt(2.0) / std::sqrt(fan_in);
  switch (initialization) {
    case Initialization::kPyTorchDefault: {
      const double gain = std::sqrt(2 / (1 + std::sqrt(5.0) * std::sqrt(5.0)));
      FillSymmetric(std::sqrt(3.0) * (gain / std::sqrt(fan_in)), generator,
                    weight);
      FillSymmetric(1 / std::sqrt(fan_in), generator, bias);
      return;
    }
    case Initialization::kXavierUniform:
      FillSymmetric(std::sqrt(3.0) * xavier_deviation, generator, weight);
      break;
    case Initialization::kXavierNormal:
      FillNormal(0, xavier_deviation, generator, weight);
      break;
    case Initialization::kKaimingUniform:
      FillSymmetric(std::sqrt(3.0) * kaiming_deviation, generator, weight);
      break;
    case Initialization::kKaimingNormal:
      FillNormal(0, kaiming_deviation, generator, weight);
      break;
  }
  bias.Fill(0);
}

template void Initialize(Initialization, Generator&, Tensor<float>&,
                         Tensor<float>&);
template void Initialize(Initialization, Generator&, Tensor<double>&,
                         Tensor<double>&);

}  // namespace minidl
