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

// How much the classes count in a cross-entropy: for each class a weight where
// it is the target, and one in every row, which label smoothing makes and which
// may be null for none.
template <typename T>
struct ClassWeights {
  const T* target = nullptr;
  const T* every = nullptr;
};

// The same with -target_y ln p_y - sum_j every_j ln p_j for the cross-entropy
// of a row whose target is y.
double WeightedSoftmaxCrossEntropy(int64_t rows, int64_t classes,
                                   const float* logits, const int64_t* targets,
                                   const ClassWeights<float>& weights,
                                   float* probabilities, float* workspace);
double WeightedSoftmaxCrossEntropy(int64_t rows, int64_t classes,
                                   const double* logits, const int64_t* targets,
                                   const ClassWeights<double>& weights,
                                   double* probabilities, double* workspace);

// gradient_j = scale ((target_y + sum_k every_k) p_j - every_j), less scale
// target_y for j = y. Not in place.
void WeightedSoftmaxCrossEntropyGradient(int64_t rows, int64_t classes,
                                         const float* probabilities,
                                         const int64_t* targets,
                                         const ClassWeights<float>& weights,
                                         float scale, float* gradient);
void WeightedSoftmaxCrossEntropyGradient(int64_t rows, int64_t classes,
                                         const double* probabilities,
                                         const int64_t* targets,
                                         const ClassWeights<double>& weights,
                                         double scale, double* gradient);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_CROSS_ENTROPY_H_
