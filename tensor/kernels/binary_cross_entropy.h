#ifndef MINIDL_TENSOR_KERNELS_BINARY_CROSS_ENTROPY_H_
#define MINIDL_TENSOR_KERNELS_BINARY_CROSS_ENTROPY_H_

#include <cstdint>

// Vectorised for float, plain loops for double.
namespace minidl::kernels {

// The sum over n logits z and targets y of -y ln s(z) - (1 - y) ln(1 - s(z)),
// where s(z) = 1 / (1 + exp(-z)), and the gradient of each term by its logit,
// difference = s(z) - y. No exponential overflows, and what a confident and
// right logit is still missing is not rounded away, neither in the sum nor in
// the difference. Targets are from 0 to 1; NaNs propagate.
double SigmoidCrossEntropy(int64_t n, const float* logits, const float* targets,
                           float* difference);
double SigmoidCrossEntropy(int64_t n, const double* logits,
                           const double* targets, double* difference);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_BINARY_CROSS_ENTROPY_H_
