#include "tensor/kernels/matmul.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "tensor/kernels/matrix.h"

// Highway compiles what stands between HWY_BEFORE_NAMESPACE and
// HWY_AFTER_NAMESPACE once for every instruction set, by including this file
// again, and chooses among the results when the program runs.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/matmul.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tensor/kernels/transpose-inl.h"
// clang-format on

#ifndef MINIDL_TENSOR_KERNELS_MATMUL_ONCE_
#define MINIDL_TENSOR_KERNELS_MATMUL_ONCE_
namespace minidl::kernels {

// Columns of a panel of b: one cache line of floats, one vector of AVX-512, two
// of AVX2.
inline constexpr int64_t kPanel = 16;

// Up to kMaxTilePanels panels of b: element (k, kPanel p + j) is
// data[k row_step + p panel_step + j]. Either in b itself or in a copy, in
// which every panel is contiguous. What the last panel has beyond b's columns
// means nothing.
struct Panels {
  const float* data;
  int64_t row_step;
  int64_t panel_step;
};
inline constexpr int kMaxTilePanels = 2;

// What a tile is a part of: c = a b, or with a bias c = bias + a b, or with
// `accumulate` c += a b; and the panels of b that are now at work.
struct Product {
  const Matrix<const float>& a;
  const Matrix<float>& c;
  const float* bias;  // Or null.
  bool accumulate;
  Panels panels;
};

}  // namespace minidl::kernels
#endif  // MINIDL_TENSOR_KERNELS_MATMUL_ONCE_

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kPanel>;
using V = hn::Vec<D>;
constexpr int64_t kLanes = HWY_MIN(kPanel, HWY_LANES(float));
constexpr int kPanelVectors = static_cast<int>(kPanel / kLanes);

// A tile is kTileRows rows by kTilePanels panels of sums, all in registers
// while k runs: 24 of the 32 registers of AVX-512, 12 of the 16 of AVX2, 8 of
// the 16 of SSE. In each step every vector of b serves all rows, and every
// element of a all vectors: with AVX-512, 14 loads for 24 multiply-adds, of
// both of which a core starts 2 in a cycle. Two panels and no more, so that for
// k up to some 350 they stay in a first-level cache of 48 KiB while the rows of
// a go by. Measured on Sapphire Rapids in that cache, for k = 1,000: 98 % of
// the peak of multiply-adds; tiles of 8×3 and 6×4 vectors came out some 5 %
// slower. 100×200 times 200×256: 96 %; 100×256 times a transposed 256×200: 82
// %, of which transposing takes 8 and the columns that fill up the last
// vector 4.
#if HWY_TARGET <= HWY_AVX3
constexpr int kTileRows = 12;
constexpr int kTilePanels = kMaxTilePanels;
#elif HWY_TARGET <= HWY_AVX2
constexpr int kTileRows = 6;
constexpr int kTilePanels = 1;
#else
constexpr int kTileRows = 2;
constexpr int kTilePanels = 1;
#endif

// Rows `row` to `row` + kRows - 1 of c, and its columns from `col` up to
// kPanels panels of them. kPart if the last panel is not a whole one: it is
// computed as one, from whatever is there, and only its columns are stored.
// (Masked loads would keep GCC from leaving the sums in registers. Without
// HWY_UNROLL it unrolls the loops over a tile, but so late that the sums go to
// memory and back before and after the loop over k: the way back through w1's
// last layer, 100×200 to 2, took a third longer.)
template <int kRows, int kPanels, bool kPart>
void Tile(const Product& product, int64_t row, int64_t col) {
  const D d;
  constexpr int kVectors = kPanels * kPanelVectors;
  V sum[kRows][kVectors];
  HWY_UNROLL(16)
  for (int i = 0; i < kRows; ++i) {
    HWY_UNROLL(16)
    for (int v = 0; v < kVectors; ++v) sum[i][v] = hn::Zero(d);
  }
  const Matrix<const float>& a = product.a;
  // One pointer for every fourth row: their strides' multiples would need more
  // registers than there are.
  constexpr int kGroups = (kRows + 3) / 4;
  const float* left[kGroups];
  HWY_UNROLL(16)
  for (int i = 0; i < kGroups; ++i) left[i] = &a(row + 4 * i, 0);
  const float* HWY_RESTRICT right = product.panels.data;
  for (int64_t k = 0; k < a.cols; ++k) {
    V line[kVectors];
    HWY_UNROLL(16)
    for (int v = 0; v < kVectors; ++v) {
      line[v] =
          hn::LoadU(d, right + v / kPanelVectors * product.panels.panel_step +
                           v % kPanelVectors * kLanes);
    }
    HWY_UNROLL(16)
    for (int i = 0; i < kRows; ++i) {
      const V factor = hn::Set(d, left[i / 4][i % 4 * a.row_stride]);
      HWY_UNROLL(16)
      for (int v = 0; v < kVectors; ++v) {
        sum[i][v] = hn::MulAdd(factor, line[v], sum[i][v]);
      }
    }
    HWY_UNROLL(16)
    for (int i = 0; i < kGroups; ++i) left[i] += a.col_stride;
    right += product.panels.row_step;
  }

  float* HWY_RESTRICT out = &product.c(row, col);
  const int64_t stride = product.c.row_stride;
  if (product.accumulate) {
    HWY_UNROLL(16)
    for (int i = 0; i < kRows; ++i) {
      HWY_UNROLL(16)
      for (int v = 0; v < kVectors; ++v) {
        sum[i][v] =
            hn::Add(sum[i][v], hn::LoadU(d, out + i * stride + v * kLanes));
      }
    }
  } else if (product.bias != nullptr) {
    HWY_UNROLL(16)
    for (int v = 0; v < kVectors; ++v) {
      const V bias = hn::LoadU(d, product.bias + col + v * kLanes);
      HWY_UNROLL(16)
      for (int i = 0; i < kRows; ++i) sum[i][v] = hn::Add(sum[i][v], bias);
    }
  }
  constexpr int kWhole = kPart ? kVectors - kPanelVectors : kVectors;
  HWY_UNROLL(16)
  for (int i = 0; i < kRows; ++i) {
    HWY_UNROLL(16)
    for (int v = 0; v < kWhole; ++v) {
      hn::StoreU(sum[i][v], d, out + i * stride + v * kLanes);
    }
  }
  HWY_UNROLL(16)
  for (int v = kWhole; v < kVectors; ++v) {
    const int64_t cols = product.c.cols - col - v * kLanes;
    const auto lanes = static_cast<size_t>(HWY_MAX(int64_t{0}, cols));
    const auto mask = hn::FirstN(d, HWY_MIN(lanes, size_t{kLanes}));
    HWY_UNROLL(16)
    for (int i = 0; i < kRows; ++i) {
      hn::BlendedStore(sum[i][v], mask, d, out + i * stride + v * kLanes);
    }
  }
}

// The tiles of one width and all heights, the one of kRows rows at kRows - 1.
using TileFunction = void (*)(const Product& product, int64_t row, int64_t col);
using Tiles = std::array<TileFunction, kTileRows>;
template <int kPanels, bool kPart, size_t... kRows>
constexpr Tiles MakeTiles(std::index_sequence<kRows...>) {
  return {&Tile<kRows + 1, kPanels, kPart>...};
}
template <int kPanels, bool kPart>
constexpr Tiles kTiles =
    MakeTiles<kPanels, kPart>(std::make_index_sequence<kTileRows>());

const Tiles& TilesFor(int64_t panels, bool part) {
  if (panels == 1) return part ? kTiles<1, true> : kTiles<1, false>;
  return part ? kTiles<kTilePanels, true> : kTiles<kTilePanels, false>;
}

// Copies `width` columns of b from `col` into a contiguous panel.
void PackPanel(const Matrix<const float>& b, int64_t col, int64_t width,
               float* HWY_RESTRICT panel) {
  const D d;
  if (b.col_stride == 1) {
    for (int64_t k = 0; k < b.rows; ++k) {
      for (int64_t j = 0; j < kPanel; j += kLanes) {
        hn::StoreU(hn::LoadU(d, &b(k, col) + j), d, panel + k * kPanel + j);
      }
    }
    return;
  }
  if (b.row_stride == 1) {
    Transpose(width, b.rows, &b(0, col), b.col_stride, panel, kPanel);
  } else {
    for (int64_t k = 0; k < b.rows; ++k) {
      for (int64_t j = 0; j < width; ++j) panel[k * kPanel + j] = b(k, col + j);
    }
  }
}

// c += a b for one column of a and one row of b, whose columns are adjacent:
// the gradient of a weight by a single example. Of a tile, nothing but its
// beginning and end would be left. Not for a narrow c, where storing a part of
// a vector would hold up the load of the next row.
void AddOuterProduct(const Matrix<const float>& a, const Matrix<const float>& b,
                     const Matrix<float>& c) {
  const D d;
  for (int64_t col = 0; col < c.cols; col += kLanes) {
    const V line = hn::LoadU(d, &b(0, col));
    const int64_t lanes = HWY_MIN(kLanes, c.cols - col);
    const auto mask = hn::FirstN(d, static_cast<size_t>(lanes));
    for (int64_t i = 0; i < c.rows; ++i) {
      float* out = &c(i, col);
      const V term = hn::MulAdd(hn::Set(d, a(i, 0)), line, hn::Zero(d));
      const V sum = hn::Add(term, hn::LoadU(d, out));
      if (lanes == kLanes) {
        hn::StoreU(sum, d, out);
      } else {
        hn::BlendedStore(sum, mask, d, out);
      }
    }
  }
}

void Multiply(const Matrix<const float>& a, const Matrix<const float>& b,
              const Matrix<float>& c, const float* bias, bool accumulate,
              float* workspace) {
  if (a.cols == 1 && b.col_stride == 1 && c.cols >= kPanel && accumulate) {
    AddOuterProduct(a, b, c);
    return;
  }
  // As even as can be: 25 rows are 9 + 8 + 8, not 12 + 12 and a last one whose
  // few sums would wait for one another.
  const int64_t num_tiles = (c.rows + kTileRows - 1) / kTileRows;
  const int64_t tile_rows = num_tiles <= 1 ? c.rows : c.rows / num_tiles;
  const int64_t higher_tiles = c.rows - num_tiles * tile_rows;
  // Copying pays neither for a single tile nor if b's lines are aligned
  // already.
  const bool pack =
      b.col_stride != 1 || (num_tiles > 1 && b.row_stride % kPanel != 0);
  Product product = {a, c, bias, accumulate, {}};
  for (int64_t col = 0; col < c.cols; col += kTilePanels * kPanel) {
    const int64_t cols = HWY_MIN(kTilePanels * kPanel, c.cols - col);
    if (pack) {
      for (int64_t j = 0; j < cols; j += kPanel) {
        PackPanel(b, col + j, HWY_MIN(kPanel, cols - j),
                  workspace + j * b.rows);
      }
      product.panels = {workspace, kPanel, b.rows * kPanel};
    } else {
      product.panels = {&b(0, col), b.row_stride, kPanel};
    }
    const Tiles& tiles =
        TilesFor((cols + kPanel - 1) / kPanel, cols % kPanel != 0);
    int64_t row = 0;
    for (int64_t i = 0; i < num_tiles; ++i) {
      const int64_t rows = tile_rows + (i < higher_tiles ? 1 : 0);
      tiles[static_cast<size_t>(rows - 1)](product, row, col);
      row += rows;
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(Multiply);

namespace {

void MatMulFloat(const Matrix<const float>& a, const Matrix<const float>& b,
                 const Matrix<float>& c, const float* bias, bool accumulate,
                 float* workspace) {
  if (a.cols == 0) {
    // Sums of nothing. Views without elements cannot be pointed into.
    for (int64_t i = 0; i < c.rows && !accumulate; ++i) {
      for (int64_t j = 0; j < c.cols; ++j) {
        c(i, j) = bias == nullptr ? 0 : bias[j];
      }
    }
    return;
  }
  HWY_DYNAMIC_DISPATCH(Multiply)(a, b, c, bias, accumulate, workspace);
}

}  // namespace

int64_t MatMulWorkspaceSize(int64_t k, int64_t n) {
  const int64_t panels = (n + kPanel - 1) / kPanel;
  return k * kPanel * std::min<int64_t>(kMaxTilePanels, panels);
}

void MatMul(const Matrix<const float>& a, const Matrix<const float>& b,
            const Matrix<float>& c, bool accumulate, float* workspace) {
  MatMulFloat(a, b, c, /*bias=*/nullptr, accumulate, workspace);
}

void MatMulAddBias(const Matrix<const float>& a, const Matrix<const float>& b,
                   const float* bias, const Matrix<float>& c,
                   float* workspace) {
  MatMulFloat(a, b, c, bias, /*accumulate=*/false, workspace);
}

void MatMul(const Matrix<const double>& a, const Matrix<const double>& b,
            const Matrix<double>& c, bool accumulate, double* /*workspace*/) {
  for (int64_t i = 0; i < c.rows; ++i) {
    for (int64_t j = 0; j < c.cols; ++j) {
      double sum = 0;
      for (int64_t k = 0; k < a.cols; ++k) sum += a(i, k) * b(k, j);
      c(i, j) = accumulate ? c(i, j) + sum : sum;
    }
  }
}

void MatMulAddBias(const Matrix<const double>& a, const Matrix<const double>& b,
                   const double* bias, const Matrix<double>& c,
                   double* workspace) {
  MatMul(a, b, c, /*accumulate=*/false, workspace);
  for (int64_t i = 0; i < c.rows; ++i) {
    for (int64_t j = 0; j < c.cols; ++j) c(i, j) += bias[j];
  }
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
