#include "tensor/kernels/matmul.h"

#include <algorithm>
#include <cstdint>

#include "tensor/kernels/matrix.h"

// Highway compiles what stands between HWY_BEFORE_NAMESPACE and
// HWY_AFTER_NAMESPACE once for every instruction set, by including this file
// again, and chooses among the results when the program runs.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/matmul.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
// clang-format on

#ifndef MINIDL_TENSOR_KERNELS_MATMUL_ONCE_
#define MINIDL_TENSOR_KERNELS_MATMUL_ONCE_
namespace minidl::kernels {

// Columns of a panel of b: one cache line of floats, one vector of AVX-512, two
// of AVX2.
inline constexpr int64_t kPanel = 16;

}  // namespace minidl::kernels
#endif  // MINIDL_TENSOR_KERNELS_MATMUL_ONCE_

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kPanel>;
using V = hn::Vec<D>;
constexpr int kVectors = kPanel / HWY_MIN(kPanel, HWY_LANES(float));

// A tile is kRows×kPanel sums, all in registers while k runs: 12 of the 32
// registers of AVX-512, 12 of the 16 of AVX2, 8 of the 16 of SSE. With AVX that
// is enough independent sums to hide the latency of a fused multiply-add (4
// cycles, 2 started in each).
#if HWY_TARGET <= HWY_AVX3
constexpr int kRows = 12;
#elif HWY_TARGET <= HWY_AVX2
constexpr int kRows = 6;
#else
constexpr int kRows = 2;
#endif

// Rows `row` to `row` + kTileRows - 1 of c, and its columns from `col` up to
// kPanel of them, from the panel of b that belongs to them.
template <int kTileRows>
void Tile(const Matrix<const float>& a, const float* HWY_RESTRICT panel,
          const Matrix<float>& c, int64_t row, int64_t col, bool accumulate) {
  const D d;
  V sum[kTileRows][kVectors];
  for (int i = 0; i < kTileRows; ++i) {
    for (int v = 0; v < kVectors; ++v) sum[i][v] = hn::Zero(d);
  }
  const float* HWY_RESTRICT left = &a(row, 0);
  for (int64_t k = 0; k < a.cols; ++k) {
    V line[kVectors];
    for (int v = 0; v < kVectors; ++v) {
      line[v] = hn::Load(d, panel + k * kPanel + v * hn::Lanes(d));
    }
    for (int i = 0; i < kTileRows; ++i) {
      const V factor = hn::Set(d, left[i * a.row_stride + k * a.col_stride]);
      for (int v = 0; v < kVectors; ++v) {
        sum[i][v] = hn::MulAdd(factor, line[v], sum[i][v]);
      }
    }
  }
  const int64_t cols = HWY_MIN(kPanel, c.cols - col);
  for (int i = 0; i < kTileRows; ++i) {
    HWY_ALIGN float line[kPanel];
    for (int v = 0; v < kVectors; ++v) {
      hn::Store(sum[i][v], d, line + v * hn::Lanes(d));
    }
    float* HWY_RESTRICT out = &c(row + i, col);
    if (accumulate) {
      for (int64_t j = 0; j < cols; ++j) out[j] += line[j];
    } else {
      for (int64_t j = 0; j < cols; ++j) out[j] = line[j];
    }
  }
}

// Tile<rows>, for the rows that are left over.
template <int kTileRows>
void LastTile(int64_t rows, const Matrix<const float>& a, const float* panel,
              const Matrix<float>& c, int64_t row, int64_t col,
              bool accumulate) {
  if constexpr (kTileRows > 0) {
    if (rows == kTileRows) {
      Tile<kTileRows>(a, panel, c, row, col, accumulate);
    } else {
      LastTile<kTileRows - 1>(rows, a, panel, c, row, col, accumulate);
    }
  }
}

void MatMulFloat(const Matrix<const float>& a, const float* panels,
                 const Matrix<float>& c, bool accumulate) {
  for (int64_t col = 0; col < c.cols; col += kPanel) {
    const float* panel = panels + col * a.cols;
    int64_t row = 0;
    for (; row + kRows <= c.rows; row += kRows) {
      Tile<kRows>(a, panel, c, row, col, accumulate);
    }
    LastTile<kRows - 1>(c.rows - row, a, panel, c, row, col, accumulate);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(MatMulFloat);

namespace {

// Copies b into panels of kPanel columns, each k×kPanel and contiguous, so that
// Tile reads one line after the other whatever b's strides are. Columns that
// the last panel has and b has not are zero.
void Pack(const Matrix<const float>& b, float* panels) {
  for (int64_t col = 0; col < b.cols; col += kPanel) {
    const int64_t cols = std::min(kPanel, b.cols - col);
    if (cols < kPanel) std::fill_n(panels, b.rows * kPanel, 0.0f);
    if (cols == kPanel && b.col_stride == 1) {
      for (int64_t k = 0; k < b.rows; ++k) {
        std::copy_n(&b(k, col), kPanel, panels + k * kPanel);
      }
    } else {
      // Column by column: they are contiguous if b is a transposed matrix.
      for (int64_t j = 0; j < cols; ++j) {
        const float* in = &b(0, col + j);
        for (int64_t k = 0; k < b.rows; ++k) {
          panels[k * kPanel + j] = in[k * b.row_stride];
        }
      }
    }
    panels += b.rows * kPanel;
  }
}

}  // namespace

int64_t MatMulWorkspaceSize(int64_t k, int64_t n) {
  return k * ((n + kPanel - 1) / kPanel * kPanel);
}

void MatMul(Matrix<const float> a, Matrix<const float> b, Matrix<float> c,
            bool accumulate, float* workspace) {
  if (a.cols == 0) {
    // Sums of nothing. Views without elements cannot be pointed into.
    for (int64_t i = 0; i < c.rows && !accumulate; ++i) {
      for (int64_t j = 0; j < c.cols; ++j) c(i, j) = 0;
    }
    return;
  }
  Pack(b, workspace);
  HWY_DYNAMIC_DISPATCH(MatMulFloat)(a, workspace, c, accumulate);
}

void MatMul(Matrix<const double> a, Matrix<const double> b, Matrix<double> c,
            bool accumulate, double* /*workspace*/) {
  for (int64_t i = 0; i < c.rows; ++i) {
    for (int64_t j = 0; j < c.cols; ++j) {
      double sum = 0;
      for (int64_t k = 0; k < a.cols; ++k) sum += a(i, k) * b(k, j);
      c(i, j) = accumulate ? c(i, j) + sum : sum;
    }
  }
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
