#ifndef MINIDL_TENSOR_KERNELS_TRANSPOSE_H_
#define MINIDL_TENSOR_KERNELS_TRANSPOSE_H_

#include <cstdint>

namespace minidl::kernels {

// For each of `count` matrices, which are from_step and to_step elements apart:
// to[j to_stride + i] = from[i from_stride + j] for i < rows and j < cols. The
// two do not overlap.
void TransposeMatrices(int64_t count, int64_t rows, int64_t cols,
                       const float* from, int64_t from_step,
                       int64_t from_stride, float* to, int64_t to_step,
                       int64_t to_stride);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_TRANSPOSE_H_
