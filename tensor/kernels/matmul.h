#ifndef MINIDL_TENSOR_KERNELS_MATMUL_H_
#define MINIDL_TENSOR_KERNELS_MATMUL_H_

#include <cstdint>

#include "tensor/kernels/matrix.h"

namespace minidl::kernels {

// How many numbers MatMul needs as workspace for a k×n right-hand side.
int64_t MatMulWorkspaceSize(int64_t k, int64_t n);

// c = a b, or with `accumulate` c += a b, where a is m×k, b is k×n and c is m×n
// with col_stride 1. c overlaps neither a nor b. `workspace` has
// MatMulWorkspaceSize(k, n) elements.
//
// Every element of c is its own sum, over k from the first to the last, each
// term by one fused multiply-add where the processor has it: the result depends
// neither on the width of its vectors nor on how the work is cut into blocks,
// and row i of c on row i of a alone.
void MatMul(Matrix<const float> a, Matrix<const float> b, Matrix<float> c,
            bool accumulate, float* workspace);

// c = bias + a b, where `bias` has n elements, added to each row.
void MatMulAddBias(Matrix<const float> a, Matrix<const float> b,
                   const float* bias, Matrix<float> c, float* workspace);

// The same in double precision, by the three loops of the definition: for
// checking gradients and other kernels, not for speed.
void MatMul(Matrix<const double> a, Matrix<const double> b, Matrix<double> c,
            bool accumulate, double* workspace);
void MatMulAddBias(Matrix<const double> a, Matrix<const double> b,
                   const double* bias, Matrix<double> c, double* workspace);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_MATMUL_H_
