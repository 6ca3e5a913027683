#ifndef MINIDL_TENSOR_KERNELS_CROSS_ENTROPY_H_
#define MINIDL_TENSOR_KERNELS_CROSS_ENTROPY_H_

#include <cstdint>

// Vectorised for float, plain loops for double.
namespace minidl::kernels {

// Elements that the workspace of SoftmaxCrossEntropy must have.
int64_t SoftmaxCrossEntropyWorkspaceSize(int64_t classes);

// Each row of the rows×classes logits becomes probabilities: p_j = exp(z_j) /
// sum_k exp(z_k), by way of z - max z, so that no exponential overflows; those
// that are no normal float become 0. Returns the sum over the rows of the
// cross-entropy with the target class, -ln p_target = ln sum_k exp(z_k) -
// z_target, without rounding p first. At least one class. A row with a NaN, or
// whose largest logit is infinite, has NaNs for probabilities and loss.
double SoftmaxCrossEntropy(int64_t rows, int64_t classes, const float* logits,
                           const int64_t* targets, float* probabilities,
                           float* workspace);
double SoftmaxCrossEntropy(int64_t rows, int64_t classes, const double* logits,
                           const int64_t* targets, double* probabilities,
                           double* workspace);

// gradient = scale (probabilities - one-hot targets). Not in place.
void SoftmaxCrossEntropyGradient(int64_t rows, int64_t classes,
                                 const float* probabilities,
                                 const int64_t* targets, float scale,
                                 float* gradient);
void SoftmaxCrossEntropyGradient(int64_t rows, int64_t classes,
                                 const double* probabilities,
                                 const int64_t* targets, double scale,
                                 double* gradient);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_CROSS_ENTROPY_H_
