#include "tensor/kernels/transpose.h"

#include <cstdint>

// See matmul.cc about this.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/transpose.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tensor/kernels/transpose-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {

void TransposeAll(int64_t count, int64_t rows, int64_t cols, const float* from,
                  int64_t from_step, int64_t from_stride, float* to,
                  int64_t to_step, int64_t to_stride) {
  for (int64_t n = 0; n < count; ++n) {
    Transpose(rows, cols, from + n * from_step, from_stride, to + n * to_step,
              to_stride);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(TransposeAll);

void TransposeMatrices(int64_t count, int64_t rows, int64_t cols,
                       const float* from, int64_t from_step,
                       int64_t from_stride, float* to, int64_t to_step,
                       int64_t to_stride) {
  HWY_DYNAMIC_DISPATCH(TransposeAll)
  (count, rows, cols, from, from_step, from_stride, to, to_step, to_stride);
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
