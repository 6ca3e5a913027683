#ifndef MINIDL_TENSOR_KERNELS_ORDER_H_
#define MINIDL_TENSOR_KERNELS_ORDER_H_

#include <cstdint>

// Vectorised for float, plain loops for double.
namespace minidl::kernels {

// Elements that the workspace of OrderLogProbabilities must have.
int64_t OrderLogProbabilitiesWorkspaceSize(int64_t classes);

// Each row of the rows×2C logits has those of two independent draws, a and then
// b, from `classes` = C classes: P(a = i) = softmax(first C)_i and P(b = j) =
// softmax(last C)_j. log_probabilities (rows×2) gets
//
//   ln P(a > b) = ln sum_{i > j} P(a = i) P(b = j)  and  ln P(a <= b),
//
// and `greater` and `less_equal` (rows×2C each) their gradients by the logits:
// P(a = i | a > b) - P(a = i), and so on. Sums are of logarithms, so that no
// probability is too small. At least two classes. Logits are finite: a row with
// a NaN or +infinity has NaNs.
void OrderLogProbabilities(int64_t rows, int64_t classes, const float* logits,
                           float* log_probabilities, float* greater,
                           float* less_equal, float* workspace);
void OrderLogProbabilities(int64_t rows, int64_t classes, const double* logits,
                           double* log_probabilities, double* greater,
                           double* less_equal, double* workspace);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_ORDER_H_
