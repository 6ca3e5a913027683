#ifndef MINIDL_TENSOR_KERNELS_CROSS_ENTROPY_H_
#define MINIDL_TENSOR_KERNELS_CROSS_ENTROPY_H_

#include <cstdint>

namespace minidl::kernels {

// Each row of the rows×classes logits becomes probabilities: p_j = exp(z_j) /
// sum_k exp(z_k), by way of z - max z, so that no exponential overflows.
// Returns the sum over the rows of the cross-entropy with the target class,
// -ln p_target = ln sum_k exp(z_k) - z_target, without rounding p first.
template <typename T>
double SoftmaxCrossEntropy(int64_t rows, int64_t classes, const T* logits,
                           const int64_t* targets, T* probabilities);

// gradient = scale (probabilities - one-hot targets).
template <typename T>
void SoftmaxCrossEntropyGradient(int64_t rows, int64_t classes,
                                 const T* probabilities, const int64_t* targets,
                                 T scale, T* gradient);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_CROSS_ENTROPY_H_
