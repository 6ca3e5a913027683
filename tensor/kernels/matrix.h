#ifndef MINIDL_TENSOR_KERNELS_MATRIX_H_
#define MINIDL_TENSOR_KERNELS_MATRIX_H_

#include <cstdint>

namespace minidl::kernels {

// A view of rows×cols numbers: element (i, j) is data[i row_stride + j
// col_stride]. Transposing is exchanging the strides.
template <typename T>
struct Matrix {
  T* data;
  int64_t rows;
  int64_t cols;
  int64_t row_stride;
  int64_t col_stride;

  Matrix Transposed() const {
    return {data, cols, rows, col_stride, row_stride};
  }
  T& operator()(int64_t i, int64_t j) const {
    return data[i * row_stride + j * col_stride];
  }
};

// A matrix whose rows follow one another in memory.
template <typename T>
Matrix<T> RowMajor(T* data, int64_t rows, int64_t cols) {
  return {data, rows, cols, cols, 1};
}

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_MATRIX_H_
