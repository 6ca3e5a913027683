#ifndef MINIDL_TENSOR_KERNELS_ELEMENTWISE_H_
#define MINIDL_TENSOR_KERNELS_ELEMENTWISE_H_

#include <cstdint>

// Functions of arrays of n numbers, element by element. NaNs propagate.
namespace minidl::kernels {

// output = a b.
template <typename T>
void Multiply(int64_t n, const T* a, const T* b, T* output);

// output = a - b.
template <typename T>
void Subtract(int64_t n, const T* a, const T* b, T* output);

// sum = sum + terms.
template <typename T>
void AddTo(int64_t n, const T* terms, T* sum);

// output = factor input.
template <typename T>
void Scale(int64_t n, const T* input, T factor, T* output);

// output = max(input, 0).
template <typename T>
void ReluForward(int64_t n, const T* input, T* output);

// input_gradient = 0 where output <= 0, output_gradient elsewhere.
template <typename T>
void ReluBackward(int64_t n, const T* output, const T* output_gradient,
                  T* input_gradient);

// output = tanh(input).
template <typename T>
void TanhForward(int64_t n, const T* input, T* output);

// input_gradient = output_gradient (1 - output²).
template <typename T>
void TanhBackward(int64_t n, const T* output, const T* output_gradient,
                  T* input_gradient);

// Sum of n numbers. 16 running sums, of every sixteenth number each, are added
// up in the end: one order, whatever the width of the processor's vectors.
template <typename T>
T Sum(int64_t n, const T* values);

// sums[j] += the sum of column j of the rows×cols matrix, row after row.
template <typename T>
void AddColumnSums(int64_t rows, int64_t cols, const T* matrix, T* sums);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_ELEMENTWISE_H_
