#ifndef MINIDL_TENSOR_KERNELS_MATMUL_H_
#define MINIDL_TENSOR_KERNELS_MATMUL_H_

#include <cstdint>

#include "tensor/kernels/matrix.h"

namespace minidl::kernels {

// How many numbers MatMul needs as workspace for a k×n right-hand side.
int64_t MatMulWorkspaceSize(int64_t k, int64_t n);

// c = a b, or with `accumulate` c += a b, where a is m×k, b is k×n and c is m×n
// with col_stride 1. c overlaps neither a nor b. `workspace` has
// MatMulWorkspaceSize(k, n) elements. Up to 15 elements behind each row of b, c
// and of a bias may be read; they change nothing, but must be there, as they
// are behind the last row of a Tensor.
//
// Every element of c is its own sum, over k from the first to the last, each
// term by one fused multiply-add where the processor has it: the result depends
// neither on the width of its vectors nor on how the work is cut into blocks,
// and row i of c on row i of a alone.
void MatMul(const Matrix<const float>& a, const Matrix<const float>& b,
            const Matrix<float>& c, bool accumulate, float* workspace);

// c = bias + a b, where `bias` has n elements, added to each row.
void MatMulAddBias(const Matrix<const float>& a, const Matrix<const float>& b,
                   const float* bias, const Matrix<float>& c, float* workspace);

// The same in double precision, by the three loops of the definition: for
// checking gradients and other kernels, not for speed.
void MatMul(const Matrix<const double>& a, const Matrix<const double>& b,
            const Matrix<double>& c, bool accumulate, double* workspace);
void MatMulAddBias(const Matrix<const double>& a, const Matrix<const double>& b,
                   const double* bias, const Matrix<double>& c,
                   double* workspace);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_MATMUL_H_
