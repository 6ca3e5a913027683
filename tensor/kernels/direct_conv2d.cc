#include "tensor/kernels/direct_conv2d.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "tensor/kernels/channel_group.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/kernels/im2col.h"
#include "tensor/kernels/transpose.h"

// See matmul.cc about this.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/direct_conv2d.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tensor/kernels/transpose-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kChannelGroup>;
using V = hn::Vec<D>;
constexpr int64_t kLanes = HWY_MIN(kChannelGroup, HWY_LANES(float));

// A tile is up to kTileRows places, or weights, by up to kTileVectors vectors
// of output channels: 28 sums in the 32 registers of AVX-512, 12 in the 16 of
// AVX2, 8 in those of SSE. In each step every vector serves all rows, and every
// number that is a row's all vectors: with AVX-512, 16 loads for 28
// multiply-adds. 14 places are a row of the images that networks for halved
// digits see, or two of them after pooling.
#if HWY_TARGET <= HWY_AVX3
constexpr int kTileRows = 14;
#elif HWY_TARGET <= HWY_AVX2
constexpr int kTileRows = 6;
#else
constexpr int kTileRows = 4;
#endif
constexpr int kTileVectors = 2;

// Vectors of output channels in the tile from vector `first`.
constexpr int64_t TileVectors(int64_t first, int64_t vectors) {
  return HWY_MIN(kTileVectors, vectors - first);
}

// `size` things in as few parts of up to `most` as can be, as even as can be:
// calls body(first, count) for each.
template <class Body>
HWY_INLINE void ForEachPart(int64_t size, int64_t most, const Body& body) {
  const int64_t parts = (size + most - 1) / most;
  int64_t first = 0;
  for (int64_t i = 0; i < parts; ++i) {
    const int64_t count = size / parts + (i < size % parts ? 1 : 0);
    body(first, count);
    first += count;
  }
}

// Of each tile's output channels one after the other, the weights as they are
// read: [ky][kx][from channel][to channel].
void PackWeights(const DirectConv2dGeometry& c, bool backward,
                 const float* weight, float* packed) {
  std::fill_n(packed, c.packed_weights_size(), 0.0f);
  const int64_t taps = c.taps();
  // From one channel to the next. `weight` is [o][c][tap], of which c is where
  // the way back leads to.
  const int64_t from_step = backward ? c.to.channels * taps : taps;
  const int64_t to_step = backward ? taps : c.from.channels * taps;
  const int64_t vectors = c.to.stride / kLanes;
  for (int64_t v = 0; v < vectors; v += kTileVectors) {
    const int64_t width = TileVectors(v, vectors) * kLanes;
    const int64_t channels =
        HWY_MAX(int64_t{0}, HWY_MIN(width, c.to.channels - v * kLanes));
    const int64_t tap_size = c.from.channels * width;
    for (int64_t i = 0; i < c.from.channels; ++i) {
      // On the way back, the last tap is the first one.
      Transpose(channels, taps, weight + i * from_step + v * kLanes * to_step,
                to_step,
                packed + i * width + (backward ? taps - 1 : 0) * tap_size,
                backward ? -tap_size : tap_size);
    }
    packed += taps * tap_size;
  }
}

// The outputs of kHeight by kWidth places, of which the first one's kernel
// begins at `image`, for kVectors vectors of channels, the first of which
// belongs at `output`.
template <int kHeight, int kWidth, int kVectors>
void ConvolveTile(const DirectConv2dGeometry& c,
                  const float* HWY_RESTRICT image,
                  const float* HWY_RESTRICT weights,
                  const float* HWY_RESTRICT bias, float* HWY_RESTRICT output) {
  const D d;
  V sum[kHeight][kWidth][kVectors];
  for (int v = 0; v < kVectors; ++v) {
    const V start = hn::LoadU(d, bias + v * kLanes);
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) sum[y][x][v] = start;
    }
  }
  const int64_t row_size = c.from.row_size();
  const int64_t stride = c.from.stride;
  // As in matmul.cc, one pointer for every fourth place.
  constexpr int kPointers = (kWidth + 3) / 4;
  for (int64_t ky = 0; ky < c.kernel_size; ++ky) {
    for (int64_t kx = 0; kx < c.kernel_size; ++kx) {
      const float* pixel[kHeight][kPointers];
      for (int y = 0; y < kHeight; ++y) {
        for (int i = 0; i < kPointers; ++i) {
          pixel[y][i] = image + (ky + y) * row_size + (kx + 4 * i) * stride;
        }
      }
      for (int64_t channel = 0; channel < c.from.channels; ++channel) {
        V weight[kVectors];
        for (int v = 0; v < kVectors; ++v) {
          weight[v] = hn::LoadU(d, weights + v * kLanes);
        }
        weights += kVectors * kLanes;
        for (int y = 0; y < kHeight; ++y) {
          for (int x = 0; x < kWidth; ++x) {
            const V input = hn::Set(d, pixel[y][x / 4][x % 4 * stride]);
            for (int v = 0; v < kVectors; ++v) {
              sum[y][x][v] = hn::MulAdd(input, weight[v], sum[y][x][v]);
            }
          }
        }
        for (int y = 0; y < kHeight; ++y) {
          for (int i = 0; i < kPointers; ++i) ++pixel[y][i];
        }
      }
    }
  }
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      for (int v = 0; v < kVectors; ++v) {
        hn::StoreU(sum[y][x][v], d,
                   output + y * c.to.row_size() + x * c.to.stride + v * kLanes);
      }
    }
  }
}

// The tiles of one width of kVectors and one height, that of kWidth places at
// kWidth - 1.
using ConvolveFunction = void (*)(const DirectConv2dGeometry& c,
                                  const float* image, const float* weights,
                                  const float* bias, float* output);
template <int kHeight>
using ConvolveTiles = std::array<ConvolveFunction, kTileRows / kHeight>;
template <int kHeight, int kVectors, size_t... kWidth>
constexpr ConvolveTiles<kHeight> MakeConvolveTiles(
    std::index_sequence<kWidth...>) {
  return {&ConvolveTile<kHeight, kWidth + 1, kVectors>...};
}
template <int kHeight, int kVectors>
constexpr ConvolveTiles<kHeight> kConvolveTiles =
    MakeConvolveTiles<kHeight, kVectors>(
        std::make_index_sequence<kTileRows / kHeight>());

// One image.
void Convolve(const DirectConv2dGeometry& c, const float* image,
              const float* weights, const float* bias, float* result) {
  const int64_t vectors = c.to.stride / kLanes;
  const int64_t tile_height = c.to.width <= kTileRows / 2 ? 2 : 1;
  for (int64_t v = 0; v < vectors; v += kTileVectors) {
    const bool wide = TileVectors(v, vectors) == kTileVectors;
    const auto& rows =
        wide ? kConvolveTiles<1, kTileVectors> : kConvolveTiles<1, 1>;
    const auto& pairs =
        wide ? kConvolveTiles<2, kTileVectors> : kConvolveTiles<2, 1>;
    for (int64_t y = 0; y < c.to.height; y += tile_height) {
      const bool pair = tile_height == 2 && y + 1 < c.to.height;
      ForEachPart(c.to.width, kTileRows, [&](int64_t x, int64_t width) {
        const auto i = static_cast<size_t>(width - 1);
        (pair ? pairs[i] : rows[i])(
            c, image + y * c.from.row_size() + x * c.from.stride, weights,
            bias + v * kLanes,
            result + y * c.to.row_size() + x * c.to.stride + v * kLanes);
      });
    }
    weights += c.taps() * c.from.channels * TileVectors(v, vectors) * kLanes;
  }
}

// What a weight gradient is summed up from.
struct WeightGradientSum {
  int64_t num_images;
  int64_t height;  // Of the output.
  int64_t width;
  // From one image, row and pixel of the input to the next, and of the
  // output's gradient.
  int64_t image_size;
  int64_t image_row;
  int64_t image_stride;
  int64_t gradient_size;
  int64_t gradient_row;
  int64_t gradient_stride;
};

// sums[i gradient_stride + channel] += the sum over all places of image[place +
// i] gradient[place + channel], for kRows rows i and kVectors vectors of
// channels.
template <int kRows, int kVectors>
void WeightGradientTile(const WeightGradientSum& s,
                        const float* HWY_RESTRICT images,
                        const float* HWY_RESTRICT gradients,
                        float* HWY_RESTRICT sums) {
  const D d;
  V sum[kRows][kVectors];
  for (int i = 0; i < kRows; ++i) {
    for (int v = 0; v < kVectors; ++v) sum[i][v] = hn::Zero(d);
  }
  for (int64_t n = 0; n < s.num_images; ++n) {
    for (int64_t y = 0; y < s.height; ++y) {
      const float* HWY_RESTRICT image =
          images + n * s.image_size + y * s.image_row;
      const float* HWY_RESTRICT gradient =
          gradients + n * s.gradient_size + y * s.gradient_row;
      for (int64_t x = 0; x < s.width; ++x) {
        V line[kVectors];
        for (int v = 0; v < kVectors; ++v) {
          line[v] = hn::LoadU(d, gradient + v * kLanes);
        }
        for (int i = 0; i < kRows; ++i) {
          const V input = hn::Set(d, image[i]);
          for (int v = 0; v < kVectors; ++v) {
            sum[i][v] = hn::MulAdd(input, line[v], sum[i][v]);
          }
        }
        image += s.image_stride;
        gradient += s.gradient_stride;
      }
    }
  }
  for (int i = 0; i < kRows; ++i) {
    for (int v = 0; v < kVectors; ++v) {
      float* to = sums + i * s.gradient_stride + v * kLanes;
      hn::StoreU(hn::Add(hn::LoadU(d, to), sum[i][v]), d, to);
    }
  }
}

using WeightGradientFunction = void (*)(const WeightGradientSum& s,
                                        const float* images,
                                        const float* gradients, float* sums);
using WeightGradientTiles = std::array<WeightGradientFunction, kTileRows>;
template <int kVectors, size_t... kRows>
constexpr WeightGradientTiles MakeWeightGradientTiles(
    std::index_sequence<kRows...>) {
  return {&WeightGradientTile<kRows + 1, kVectors>...};
}
template <int kVectors>
constexpr WeightGradientTiles kWeightGradientTiles =
    MakeWeightGradientTiles<kVectors>(std::make_index_sequence<kTileRows>());

// What a row of the kernel sees at a place, [kx][c], is contiguous.
void WeightGradient(const DirectConv2dGeometry& c, const ImageLayout& gradient,
                    int64_t num_images, const float* images,
                    const float* gradients, float* sums) {
  const ImageLayout& from = c.from;
  const WeightGradientSum s = {
      num_images,      gradient.height,     gradient.width,
      from.size(),     from.row_size(),     from.stride,
      gradient.size(), gradient.row_size(), gradient.stride};
  const int64_t run_length = c.kernel_size * from.stride;
  const int64_t vectors = gradient.stride / kLanes;
  gradients += gradient.start();
  for (int64_t v = 0; v < vectors; v += kTileVectors) {
    const auto& tiles = TileVectors(v, vectors) == kTileVectors
                            ? kWeightGradientTiles<kTileVectors>
                            : kWeightGradientTiles<1>;
    for (int64_t ky = 0; ky < c.kernel_size; ++ky) {
      ForEachPart(run_length, kTileRows, [&](int64_t j, int64_t rows) {
        tiles[static_cast<size_t>(rows - 1)](
            s, images + ky * from.row_size() + j, gradients + v * kLanes,
            sums + (ky * run_length + j) * gradient.stride + v * kLanes);
      });
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(PackWeights);
HWY_EXPORT(Convolve);
HWY_EXPORT(WeightGradient);

bool IsDirectConv2d(const Conv2dGeometry& geometry) {
  return geometry.stride == 1 && geometry.dilation == 1 &&
         geometry.padding < geometry.kernel_size;
}

DirectConv2dGeometry DirectForward(const Conv2dGeometry& g,
                                   int64_t out_channels) {
  return {g.kernel_size,
          {g.channels, g.height, g.width, g.channels, g.padding},
          {out_channels, g.output_height, g.output_width,
           PadChannels(out_channels), 0}};
}

DirectConv2dGeometry DirectBackward(const Conv2dGeometry& g,
                                    int64_t out_channels) {
  return {g.kernel_size,
          {out_channels, g.output_height, g.output_width,
           PadChannels(out_channels), g.kernel_size - 1 - g.padding},
          {g.channels, g.height, g.width, PadChannels(g.channels), 0}};
}

void TakePlanes(const ImageLayout& layout, const float* planes, float* image) {
  TransposeMatrices(/*count=*/layout.height, /*rows=*/layout.channels,
                    /*cols=*/layout.width, planes, /*from_step=*/layout.width,
                    /*from_stride=*/layout.num_pixels(), image + layout.start(),
                    /*to_step=*/layout.row_size(),
                    /*to_stride=*/layout.stride);
}

void GivePlanes(const ImageLayout& layout, const float* image, float* planes) {
  TransposeMatrices(/*count=*/1, /*rows=*/layout.num_pixels(),
                    /*cols=*/layout.channels, image, /*from_step=*/0,
                    /*from_stride=*/layout.stride, planes, /*to_step=*/0,
                    /*to_stride=*/layout.num_pixels());
}

void DirectConv2dPackWeights(const DirectConv2dGeometry& geometry,
                             bool backward, const float* weight,
                             float* packed_weights) {
  HWY_DYNAMIC_DISPATCH(PackWeights)(geometry, backward, weight, packed_weights);
}

void DirectConv2d(const DirectConv2dGeometry& geometry, const float* image,
                  const float* packed_weights, const float* bias,
                  float* result) {
  HWY_DYNAMIC_DISPATCH(Convolve)(geometry, image, packed_weights, bias, result);
}

void DirectConv2dWeightGradient(const DirectConv2dGeometry& geometry,
                                const ImageLayout& gradient, int64_t count,
                                const float* images, const float* gradients,
                                float* sums) {
  HWY_DYNAMIC_DISPATCH(WeightGradient)
  (geometry, gradient, count, images, gradients, sums);
}

int64_t DirectConv2dImagesAtATime(const DirectConv2dGeometry& geometry) {
  constexpr int64_t kPlaces = 200;
  return std::max<int64_t>(1, kPlaces / geometry.to.num_pixels());
}

void DirectConv2dAddWeightGradient(const DirectConv2dGeometry& geometry,
                                   const float* sums, float* scratch,
                                   float* weight_gradient) {
  const int64_t channels = geometry.from.channels;
  const int64_t stride = geometry.to.stride;
  const int64_t taps = geometry.taps();
  TransposeMatrices(/*count=*/channels, /*rows=*/taps,
                    /*cols=*/geometry.to.channels, sums, /*from_step=*/stride,
                    /*from_stride=*/channels * stride, scratch,
                    /*to_step=*/taps, /*to_stride=*/channels * taps);
  AddTo(geometry.to.channels * channels * taps, scratch, weight_gradient);
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
