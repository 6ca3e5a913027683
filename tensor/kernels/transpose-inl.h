// For kernels, which include it once for every instruction set; see matmul.cc.
// Transposes float matrices.

#if defined(MINIDL_TENSOR_KERNELS_TRANSPOSE_INL_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef MINIDL_TENSOR_KERNELS_TRANSPOSE_INL_H_
#undef MINIDL_TENSOR_KERNELS_TRANSPOSE_INL_H_
#else
#define MINIDL_TENSOR_KERNELS_TRANSPOSE_INL_H_
#endif

#include <cstdint>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

// 4 or 8 rows of 4 elements, which become 4 rows of 4 or 8. Two rows 4 apart
// share a register of 8 elements, in whose halves all shuffles then happen:
// half as many as for two blocks of 4, and stores twice as wide.
template <int kRows>
HWY_INLINE void TransposeBlock(const float* HWY_RESTRICT from,
                               int64_t from_stride, float* HWY_RESTRICT to,
                               int64_t to_stride) {
  const hn::FixedTag<float, 4> d_row;
  const hn::FixedTag<float, kRows> d;
  const hn::FixedTag<double, kRows / 2> d_pair;
  const auto load = [&](int64_t i) HWY_ATTR {
    const float* row = from + i * from_stride;
    if constexpr (kRows == 4) {
      return hn::LoadU(d, row);
    } else {
      return hn::Combine(d, hn::LoadU(d_row, row + 4 * from_stride),
                         hn::LoadU(d_row, row));
    }
  };
  const auto store = [&](auto pairs, int64_t i) HWY_ATTR {
    hn::StoreU(hn::BitCast(d, pairs), d, to + i * to_stride);
  };
  const auto row0 = load(0);
  const auto row1 = load(1);
  const auto row2 = load(2);
  const auto row3 = load(3);
  const auto left01 = hn::BitCast(d_pair, hn::InterleaveLower(d, row0, row1));
  const auto left23 = hn::BitCast(d_pair, hn::InterleaveLower(d, row2, row3));
  const auto right01 = hn::BitCast(d_pair, hn::InterleaveUpper(d, row0, row1));
  const auto right23 = hn::BitCast(d_pair, hn::InterleaveUpper(d, row2, row3));
  store(hn::InterleaveLower(d_pair, left01, left23), 0);
  store(hn::InterleaveUpper(d_pair, left01, left23), 1);
  store(hn::InterleaveLower(d_pair, right01, right23), 2);
  store(hn::InterleaveUpper(d_pair, right01, right23), 3);
}

// At least kRows rows and 4 columns. Where their numbers are no multiples of
// kRows and 4, the last block overlaps the one before it.
template <int kRows>
void TransposeByBlocks(int64_t rows, int64_t cols, const float* from,
                       int64_t from_stride, float* to, int64_t to_stride) {
  if (rows % kRows == 1) {
    // A single row that is left over costs less by itself.
    --rows;
    for (int64_t j = 0; j < cols; ++j) {
      to[j * to_stride + rows] = from[rows * from_stride + j];
    }
  }
  for (int64_t i = 0; i < rows; i += kRows) {
    const int64_t row = HWY_MIN(i, rows - kRows);
    for (int64_t j = 0; j < cols; j += 4) {
      const int64_t col = HWY_MIN(j, cols - 4);
      TransposeBlock<kRows>(from + row * from_stride + col, from_stride,
                            to + col * to_stride + row, to_stride);
    }
  }
}

constexpr int kWideBlock = HWY_MIN(8, HWY_LANES(float));

#endif  // HWY_TARGET != HWY_SCALAR

// to[j to_stride + i] = from[i from_stride + j] for i < rows and j < cols. The
// two do not overlap.
HWY_INLINE void Transpose(int64_t rows, int64_t cols, const float* from,
                          int64_t from_stride, float* to, int64_t to_stride) {
#if HWY_TARGET != HWY_SCALAR
  if (rows >= kWideBlock && cols >= 4) {
    TransposeByBlocks<kWideBlock>(rows, cols, from, from_stride, to, to_stride);
    return;
  }
  if (rows >= 4 && cols >= 4) {
    TransposeByBlocks<4>(rows, cols, from, from_stride, to, to_stride);
    return;
  }
#endif
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < cols; ++j) {
      to[j * to_stride + i] = from[i * from_stride + j];
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#endif  // per target
