#include "tensor/binary_cross_entropy.h"

#include "base/check.h"
#include "tensor/kernels/binary_cross_entropy.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

template <typename T>
double BinaryCrossEntropy(const Tensor<T>& logits, const Tensor<T>& targets,
                          Tensor<T>& difference) {
  MINIDL_CHECK(logits.shape() == targets.shape(), "BinaryCrossEntropy: shapes ",
               logits.shape().ToString(), " and ", targets.shape().ToString(),
               " differ");
  difference.Resize(logits.shape());
  return kernels::SigmoidCrossEntropy(logits.size(), logits.data(),
                                      targets.data(), difference.data());
}

template double BinaryCrossEntropy(const Tensor<float>&, const Tensor<float>&,
                                   Tensor<float>&);
template double BinaryCrossEntropy(const Tensor<double>&, const Tensor<double>&,
                                   Tensor<double>&);

}  // namespace minidl
