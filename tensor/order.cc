#include "tensor/order.h"

#include <cstdint>

#include "base/check.h"
#include "tensor/kernels/order.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
void OrderForward(const Tensor<T>& logits, Tensor<T>& log_probabilities,
                  Tensor<T>& greater, Tensor<T>& less_equal,
                  Tensor<T>& workspace) {
  const Shape& shape = logits.shape();
  MINIDL_CHECK(shape.rank() == 2 && shape[1] >= 4 && shape[1] % 2 == 0,
               "OrderForward: logits ", shape.ToString(),
               " are not N×2C with C at least 2");
  const int64_t classes = shape[1] / 2;
  log_probabilities.Resize({shape[0], 2});
  greater.Resize(shape);
  less_equal.Resize(shape);
  workspace.Resize({kernels::OrderLogProbabilitiesWorkspaceSize(classes)});
  kernels::OrderLogProbabilities(shape[0], classes, logits.data(),
                                 log_probabilities.data(), greater.data(),
                                 less_equal.data(), workspace.data());
}

template <typename T>
void OrderBackward(const Tensor<T>& greater, const Tensor<T>& less_equal,
                   const Tensor<T>& output_gradient,
                   Tensor<T>& logits_gradient) {
  const Shape& shape = greater.shape();
  MINIDL_CHECK(shape.rank() == 2 && less_equal.shape() == shape &&
                   output_gradient.shape().Is(shape[0], 2),
               "OrderBackward: gradients ", shape.ToString(), " and ",
               less_equal.shape().ToString(), " with an output gradient of ",
               output_gradient.shape().ToString(),
               " are not N×2C, N×2C and N×2");
  logits_gradient.Resize(shape);
  for (int64_t n = 0; n < shape[0]; ++n) {
    const T by_greater = output_gradient(n, 0);
    const T by_less_equal = output_gradient(n, 1);
    for (int64_t k = 0; k < shape[1]; ++k) {
      logits_gradient(n, k) =
          by_greater * greater(n, k) + by_less_equal * less_equal(n, k);
    }
  }
}

template void OrderForward(const Tensor<float>&, Tensor<float>&, Tensor<float>&,
                           Tensor<float>&, Tensor<float>&);
template void OrderForward(const Tensor<double>&, Tensor<double>&,
                           Tensor<double>&, Tensor<double>&, Tensor<double>&);
template void OrderBackward(const Tensor<float>&, const Tensor<float>&,
                            const Tensor<float>&, Tensor<float>&);
template void OrderBackward(const Tensor<double>&, const Tensor<double>&,
                            const Tensor<double>&, Tensor<double>&);

}  // namespace minidl
