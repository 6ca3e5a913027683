#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "tensor/kernels/conv_pool2d.h"

// See matmul.cc about this.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/conv_pool2d_forward.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tensor/kernels/conv_pool2d-inl.h"
#include "tensor/kernels/transpose-inl.h"
// clang-format on

#ifndef MINIDL_TENSOR_KERNELS_CONV_POOL2D_FORWARD_ONCE_
#define MINIDL_TENSOR_KERNELS_CONV_POOL2D_FORWARD_ONCE_
namespace minidl::kernels {

// A window of all images: where it begins in the input, where its output
// belongs, and its argmax.
struct Window {
  const float* input;
  float* output;
  uint8_t* argmax;
};

// What the tiles of a layer have in common.
struct ForwardPass {
  int64_t kernel_elements;
  int64_t row_stride;
  int64_t pixel_stride;
  const int32_t* offsets;
  const float* bias;
  bool relu;
};

}  // namespace minidl::kernels
#endif  // MINIDL_TENSOR_KERNELS_CONV_POOL2D_FORWARD_ONCE_

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// A tile is the four places of kTileWindows windows by kTileVectors vectors of
// output channels: 24 sums in the 32 registers of AVX-512, 8 in the 16 of AVX2
// and SSE. In each step every vector of weights serves all places, and every
// element of the input all vectors: with AVX-512, 14 loads for 24
// multiply-adds. The weights of a tile's channels, 36 KiB for 32 by 32 channels
// and 3×3, stay in the first-level cache while the windows of all images go by.
// Measured on Sapphire Rapids, 100 images: 96 % of the peak of multiply-adds
// for 32 channels of 6×6 to 64; 63 % for 2 of 14×14 to 32, where each window
// has but 18 products a place and pooling takes a third of the time.
#if HWY_TARGET <= HWY_AVX3
constexpr int kTileWindows = 3;
#else
constexpr int kTileWindows = 1;
#endif
constexpr int kTileVectors = 2;

// The largest of four places, and which it is, after the rule of kDead's
// comment.
HWY_INLINE void Pool(V place0, V place1, V place2, V place3, bool relu,
                     float* HWY_RESTRICT output, uint8_t* HWY_RESTRICT argmax) {
  const D d;
  const hn::Rebind<uint32_t, D> d_uint;
  const hn::Rebind<uint8_t, D> d_byte;
  V largest = place0;
  auto place = hn::Zero(d_uint);
  const auto consider = [&](V candidate, hn::Mask<D> better,
                            uint32_t number) HWY_ATTR {
    largest = hn::IfThenElse(better, candidate, largest);
    place = hn::IfThenElse(hn::RebindMask(d_uint, better),
                           hn::Set(d_uint, number), place);
  };
  // A NaN makes the sum one, which costs less to find out than looking at each
  // place. (So do infinities of both signs, but they are as rare.)
  const V sum = hn::Add(hn::Add(place0, place1), hn::Add(place2, place3));
  if (HWY_LIKELY(hn::AllFalse(d, hn::IsNaN(sum)))) {
    consider(place1, hn::Gt(place1, largest), 1);
    consider(place2, hn::Gt(place2, largest), 2);
    consider(place3, hn::Gt(place3, largest), 3);
  } else {
    consider(place1, hn::Or(hn::Gt(place1, largest), hn::IsNaN(place1)), 1);
    consider(place2, hn::Or(hn::Gt(place2, largest), hn::IsNaN(place2)), 2);
    consider(place3, hn::Or(hn::Gt(place3, largest), hn::IsNaN(place3)), 3);
  }
  if (relu) {
    consider(hn::Zero(d), hn::Le(largest, hn::Zero(d)), kDead);
  }
  hn::StoreU(largest, d, output);
  hn::StoreU(hn::U8FromU32(place), d_byte, argmax);
}

template <int kWindows, int kWidth>
void ForwardTile(const ForwardPass& pass, const Window* windows,
                 const float* HWY_RESTRICT weights, int64_t first_channel) {
  const D d;
  V sum[kWindows][kPlaces][kWidth];
  HWY_UNROLL(16)
  for (int v = 0; v < kWidth; ++v) {
    const V bias = hn::LoadU(d, pass.bias + first_channel + v * kLanes);
    HWY_UNROLL(16)
    for (int w = 0; w < kWindows; ++w) {
      HWY_UNROLL(16)
      for (int place = 0; place < kPlaces; ++place) sum[w][place][v] = bias;
    }
  }
  const float* top[kWindows];
  const float* bottom[kWindows];
  HWY_UNROLL(16)
  for (int w = 0; w < kWindows; ++w) {
    top[w] = windows[w].input;
    bottom[w] = top[w] + pass.row_stride;
  }
  const int64_t pixel_stride = pass.pixel_stride;
  const int32_t* HWY_RESTRICT offsets = pass.offsets;
  for (int64_t i = 0; i < pass.kernel_elements; ++i) {
    V weight[kWidth];
    HWY_UNROLL(16)
    for (int v = 0; v < kWidth; ++v) {
      weight[v] = hn::LoadU(d, weights + v * kLanes);
    }
    weights += kWidth * kLanes;
    const int64_t left = offsets[i];
    const int64_t right = left + pixel_stride;
    HWY_UNROLL(16)
    for (int w = 0; w < kWindows; ++w) {
      const V input[kPlaces] = {
          hn::Set(d, top[w][left]), hn::Set(d, top[w][right]),
          hn::Set(d, bottom[w][left]), hn::Set(d, bottom[w][right])};
      HWY_UNROLL(16)
      for (int place = 0; place < kPlaces; ++place) {
        HWY_UNROLL(16)
        for (int v = 0; v < kWidth; ++v) {
          sum[w][place][v] =
              hn::MulAdd(input[place], weight[v], sum[w][place][v]);
        }
      }
    }
  }
  HWY_UNROLL(16)
  for (int w = 0; w < kWindows; ++w) {
    HWY_UNROLL(16)
    for (int v = 0; v < kWidth; ++v) {
      Pool(sum[w][0][v], sum[w][1][v], sum[w][2][v], sum[w][3][v], pass.relu,
           windows[w].output + first_channel + v * kLanes,
           windows[w].argmax + first_channel + v * kLanes);
    }
  }
}

// The tiles of one width, the one of kWindows windows at kWindows - 1.
using TileFunction = void (*)(const ForwardPass& pass, const Window* windows,
                              const float* weights, int64_t first_channel);
template <int kWidth, size_t... kWindows>
constexpr std::array<TileFunction, kTileWindows> MakeTiles(
    std::index_sequence<kWindows...>) {
  return {&ForwardTile<kWindows + 1, kWidth>...};
}
template <int kWidth>
constexpr std::array<TileFunction, kTileWindows> kTiles =
    MakeTiles<kWidth>(std::make_index_sequence<kTileWindows>());

// Vectors of output channels in the tile from vector `first`.
constexpr int64_t TileWidth(int64_t first, int64_t vectors) {
  return HWY_MIN(kTileVectors, vectors - first);
}

// Of each tile's channels one after the other, the weights as they are read.
void PackWeights(const ConvPool2dGeometry& g, int64_t output_channels,
                 const float* weights, float* packed) {
  const D d;
  const int64_t elements = g.kernel_elements();
  const int64_t vectors = g.output_channels / kLanes;
  for (int64_t v = 0; v < vectors; v += kTileVectors) {
    const int64_t width = TileWidth(v, vectors) * kLanes;
    const int64_t real =
        HWY_MAX(int64_t{0}, HWY_MIN(width, output_channels - v * kLanes));
    if (real < width) {
      for (int64_t i = 0; i < elements * width; i += kLanes) {
        hn::StoreU(hn::Zero(d), d, packed + i);
      }
    }
    Transpose(real, elements, weights + v * kLanes * elements, elements, packed,
              width);
    packed += elements * width;
  }
}

void Forward(const ConvPool2dGeometry& g, bool relu, int64_t num_images,
             const float* images, const int32_t* offsets,
             const float* packed_weights, const float* bias, float* outputs,
             uint8_t* argmax) {
  const ForwardPass pass = {
      g.kernel_elements(), g.row_stride, g.pixel_stride, offsets, bias, relu};
  const int64_t vectors = g.output_channels / kLanes;
  for (int64_t v = 0; v < vectors; v += kTileVectors) {
    const int64_t width = TileWidth(v, vectors);
    const auto& tiles =
        width == kTileVectors ? kTiles<kTileVectors> : kTiles<1>;
    Window windows[kTileWindows];
    size_t count = 0;
    uint8_t* window_argmax = argmax;
    for (int64_t n = 0; n < num_images; ++n) {
      for (int64_t y = 0; y < g.output_height; ++y) {
        for (int64_t x = 0; x < g.output_width; ++x) {
          windows[count++] = {images + n * g.image_size + 2 * y * g.row_stride +
                                  2 * x * g.pixel_stride,
                              outputs + n * g.output_size +
                                  y * g.output_row_stride +
                                  x * g.output_channels,
                              window_argmax};
          window_argmax += g.output_channels;
          if (count == kTileWindows) {
            tiles[kTileWindows - 1](pass, windows, packed_weights, v * kLanes);
            count = 0;
          }
        }
      }
    }
    if (count > 0) tiles[count - 1](pass, windows, packed_weights, v * kLanes);
    packed_weights += pass.kernel_elements * width * kLanes;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(PackWeights);
HWY_EXPORT(Forward);

int64_t ConvPool2dPackedWeightsSize(const ConvPool2dGeometry& geometry) {
  return geometry.kernel_elements() * geometry.output_channels;
}

void ConvPool2dPackWeights(const ConvPool2dGeometry& geometry,
                           int64_t output_channels, const float* weights,
                           float* packed_weights) {
  HWY_DYNAMIC_DISPATCH(PackWeights)
  (geometry, output_channels, weights, packed_weights);
}

void ConvPool2dForward(const ConvPool2dGeometry& geometry, bool relu,
                       int64_t num_images, const float* images,
                       const int32_t* offsets, const float* packed_weights,
                       const float* bias, float* outputs, uint8_t* argmax) {
  HWY_DYNAMIC_DISPATCH(Forward)
  (geometry, relu, num_images, images, offsets, packed_weights, bias, outputs,
   argmax);
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
