#include "tensor/kernels/cross_entropy.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace minidl::kernels {

template <typename T>
double SoftmaxCrossEntropy(int64_t rows, int64_t classes, const T* logits,
                           const int64_t* targets, T* probabilities) {
  double loss = 0;
  for (int64_t row = 0; row < rows; ++row) {
    const T largest = *std::max_element(logits, logits + classes);
    T sum = 0;
    for (int64_t j = 0; j < classes; ++j) {
      probabilities[j] = std::exp(logits[j] - largest);
      sum += probabilities[j];
    }
    for (int64_t j = 0; j < classes; ++j) probabilities[j] /= sum;
    loss += static_cast<double>(std::log(sum)) -
            static_cast<double>(logits[targets[row]] - largest);
    logits += classes;
    probabilities += classes;
  }
  return loss;
}

template <typename T>
void SoftmaxCrossEntropyGradient(int64_t rows, int64_t classes,
                                 const T* probabilities, const int64_t* targets,
                                 T scale, T* gradient) {
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t j = 0; j < classes; ++j) {
      gradient[j] = scale * (probabilities[j] - (j == targets[row] ? 1 : 0));
    }
    probabilities += classes;
    gradient += classes;
  }
}

template double SoftmaxCrossEntropy(int64_t, int64_t, const float*,
                                    const int64_t*, float*);
template double SoftmaxCrossEntropy(int64_t, int64_t, const double*,
                                    const int64_t*, double*);
template void SoftmaxCrossEntropyGradient(int64_t, int64_t, const float*,
                                          const int64_t*, float, float*);
template void SoftmaxCrossEntropyGradient(int64_t, int64_t, const double*,
                                          const int64_t*, double, double*);

}  // namespace minidl::kernels
