#include "tensor/kernels/elementwise.h"

#include <cmath>
#include <cstdint>

namespace minidl::kernels {

template <typename T>
void Multiply(int64_t n, const T* a, const T* b, T* output) {
  for (int64_t i = 0; i < n; ++i) output[i] = a[i] * b[i];
}

template <typename T>
void Subtract(int64_t n, const T* a, const T* b, T* output) {
  for (int64_t i = 0; i < n; ++i) output[i] = a[i] - b[i];
}

template <typename T>
void AddTo(int64_t n, const T* terms, T* sum) {
  for (int64_t i = 0; i < n; ++i) sum[i] += terms[i];
}

template <typename T>
void Scale(int64_t n, const T* input, T factor, T* output) {
  for (int64_t i = 0; i < n; ++i) output[i] = factor * input[i];
}

template <typename T>
void ReluForward(int64_t n, const T* input, T* output) {
  for (int64_t i = 0; i < n; ++i) output[i] = input[i] <= 0 ? T{0} : input[i];
}

template <typename T>
void ReluBackward(int64_t n, const T* output, const T* output_gradient,
                  T* input_gradient) {
  for (int64_t i = 0; i < n; ++i) {
    // Read in any case: a choice between two values needs no branch.
    const T gradient = output_gradient[i];
    input_gradient[i] = output[i] <= 0 ? T{0} : gradient;
  }
}

template <typename T>
void TanhForward(int64_t n, const T* input, T* output) {
  for (int64_t i = 0; i < n; ++i) output[i] = std::tanh(input[i]);
}

template <typename T>
void TanhBackward(int64_t n, const T* output, const T* output_gradient,
                  T* input_gradient) {
  for (int64_t i = 0; i < n; ++i) {
    input_gradient[i] = output_gradient[i] * (1 - output[i] * output[i]);
  }
}

template <typename T>
T Sum(int64_t n, const T* values) {
  constexpr int kSums = 16;
  T sums[kSums] = {};
  int64_t i = 0;
  for (; i + kSums <= n; i += kSums) {
    for (int j = 0; j < kSums; ++j) sums[j] += values[i + j];
  }
  for (int j = 0; i + j < n; ++j) sums[j] += values[i + j];
  for (int half = kSums / 2; half > 0; half /= 2) {
    for (int j = 0; j < half; ++j) sums[j] += sums[j + half];
  }
  return sums[0];
}

template <typename T>
void AddColumnSums(int64_t rows, int64_t cols, const T* matrix, T* sums) {
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < cols; ++j) sums[j] += matrix[i * cols + j];
  }
}

#define MINIDL_INSTANTIATE(T)                                  \
  template void AddTo(int64_t, const T*, T*);                  \
  template void Subtract(int64_t, const T*, const T*, T*);     \
  template void Scale(int64_t, const T*, T, T*);               \
  template void Multiply(int64_t, const T*, const T*, T*);     \
  template void ReluForward(int64_t, const T*, T*);            \
  template void ReluBackward(int64_t, const T*, const T*, T*); \
  template void TanhForward(int64_t, const T*, T*);            \
  template void TanhBackward(int64_t, const T*, const T*, T*); \
  template T Sum(int64_t, const T*);                           \
  template void AddColumnSums(int64_t, int64_t, const T*, T*);
MINIDL_INSTANTIATE(float)
MINIDL_INSTANTIATE(double)
#undef MINIDL_INSTANTIATE

}  // namespace minidl::kernels
