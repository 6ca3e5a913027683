#include "tensor/kernels/direct_conv2d.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "tensor/kernels/im2col.h"

// See matmul.cc about this.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/direct_conv2d.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tensor/kernels/transpose-inl.h"
// clang-format on

#ifndef MINIDL_TENSOR_KERNELS_DIRECT_CONV2D_ONCE_
#define MINIDL_TENSOR_KERNELS_DIRECT_CONV2D_ONCE_
namespace minidl::kernels {

// Channels that are lanes come in groups of so many: one cache line of floats,
// one vector of AVX-512.
inline constexpr int64_t kGroup = 16;

constexpr int64_t PadToGroup(int64_t size) {
  return (size + kGroup - 1) / kGroup * kGroup;
}

// Images with channels innermost: a pixel is `stride` numbers, of which those
// from `channels` on are 0, as is the border.
struct DirectImages {
  int64_t channels;
  int64_t height;
  int64_t width;
  int64_t stride;
  int64_t border;

  int64_t row_size() const { return (width + 2 * border) * stride; }
  int64_t size() const { return (height + 2 * border) * row_size(); }
  // Of the first pixel inside the border.
  int64_t start() const { return border * (row_size() + stride); }
};

// From one to the other. `to` has no border, and its pixels are whole groups.
struct DirectConvolution {
  int64_t kernel_size;
  DirectImages from;
  DirectImages to;

  int64_t taps() const { return kernel_size * kernel_size; }
  int64_t packed_weights_size() const {
    return taps() * from.channels * to.stride;
  }
};

inline DirectConvolution ForwardConvolution(const Conv2dGeometry& g,
                                            int64_t out_channels) {
  return {g.kernel_size,
          {g.channels, g.height, g.width, g.channels, g.padding},
          {out_channels, g.output_height, g.output_width,
           PadToGroup(out_channels), 0}};
}

// The output's gradients, convolved with the kernels turned by 180 degrees, are
// the images' gradients.
inline DirectConvolution BackwardConvolution(const Conv2dGeometry& g,
                                             int64_t out_channels) {
  return {g.kernel_size,
          {out_channels, g.output_height, g.output_width,
           PadToGroup(out_channels), g.kernel_size - 1 - g.padding},
          {g.channels, g.height, g.width, PadToGroup(g.channels), 0}};
}

// Where the weights of a convolution are: those of tap (ky, kx), numbered
// K ky + kx, from channel `i` to channel `o` at
// weight[i in_step + o out_step + tap].
struct DirectWeights {
  const float* weight;
  int64_t in_step;
  int64_t out_step;
  bool turned;  // The last tap is the first one.
};

// Parts of a workspace, which begin at cache lines.
class WorkspaceParts {
 public:
  // Where a part of so many numbers begins.
  int64_t Add(int64_t size) {
    const int64_t start = size_;
    size_ += PadToGroup(size);
    return start;
  }
  int64_t size() const { return size_; }

 private:
  int64_t size_ = 0;
};

struct DirectWorkspace {
  explicit DirectWorkspace(const DirectConvolution& forward)
      : weights(parts.Add(forward.packed_weights_size())),
        bias(parts.Add(forward.to.stride)),
        image(parts.Add(forward.from.size())),
        result(parts.Add(forward.to.size())) {}

  WorkspaceParts parts;
  int64_t weights;
  int64_t bias;
  int64_t image;
  int64_t result;
};

// Images whose weight gradients are summed up before they are added to the
// others': storing and loading sums after an image of 7×7 takes a tenth of the
// time.
inline int64_t ImagesAtATime(const DirectConvolution& forward) {
  constexpr int64_t kPlaces = 200;
  return std::max<int64_t>(1, kPlaces / (forward.to.height * forward.to.width));
}

struct DirectBackwardWorkspace {
  DirectBackwardWorkspace(const DirectConvolution& forward,
                          const DirectConvolution& backward)
      : at_a_time(ImagesAtATime(forward)),
        weights(parts.Add(backward.packed_weights_size())),
        no_bias(parts.Add(backward.to.stride)),
        images(parts.Add(at_a_time * forward.from.size())),
        gradients(parts.Add(at_a_time * backward.from.size())),
        result(parts.Add(backward.to.size())),
        weight_gradient(parts.Add(forward.packed_weights_size())),
        ordered_weight_gradient(parts.Add(
            forward.taps() * forward.from.channels * forward.to.channels)) {}

  WorkspaceParts parts;
  int64_t at_a_time;
  int64_t weights;
  int64_t no_bias;
  int64_t images;
  int64_t gradients;
  int64_t result;
  int64_t weight_gradient;
  int64_t ordered_weight_gradient;
};

}  // namespace minidl::kernels
#endif  // MINIDL_TENSOR_KERNELS_DIRECT_CONV2D_ONCE_

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kGroup>;
using V = hn::Vec<D>;
constexpr int64_t kLanes = HWY_MIN(kGroup, HWY_LANES(float));

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
void PackWeights(const DirectConvolution& c, const DirectWeights& from,
                 float* packed) {
  std::fill_n(packed, c.packed_weights_size(), 0.0f);
  const int64_t taps = c.taps();
  const int64_t vectors = c.to.stride / kLanes;
  for (int64_t v = 0; v < vectors; v += kTileVectors) {
    const int64_t width = TileVectors(v, vectors) * kLanes;
    const int64_t real = HWY_MIN(width, c.to.channels - v * kLanes);
    const int64_t tap_size = c.from.channels * width;
    for (int64_t i = 0; i < c.from.channels && real > 0; ++i) {
      const float* weight =
          from.weight + i * from.in_step + v * kLanes * from.out_step;
      float* to = packed + i * width;
      if (from.turned) {
        Transpose(real, taps, weight, from.out_step, to + (taps - 1) * tap_size,
                  -tap_size);
      } else {
        Transpose(real, taps, weight, from.out_step, to, tap_size);
      }
    }
    packed += taps * tap_size;
  }
}

// From C×H×W into the border, and back.
void TakeImage(const DirectImages& images, const float* planes, float* image) {
  const int64_t plane = images.height * images.width;
  image += images.start();
  for (int64_t y = 0; y < images.height; ++y) {
    Transpose(images.channels, images.width, planes + y * images.width, plane,
              image + y * images.row_size(), images.stride);
  }
}
void GiveImage(const DirectImages& images, const float* image, float* planes) {
  const int64_t plane = images.height * images.width;
  Transpose(plane, images.channels, image, images.stride, planes, plane);
}

// The outputs of kHeight by kWidth places, of which the first one's kernel
// begins at `image`, for kVectors vectors of channels, the first of which
// belongs at `output`.
template <int kHeight, int kWidth, int kVectors>
void ConvolveTile(const DirectConvolution& c, const float* HWY_RESTRICT image,
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
using ConvolveFunction = void (*)(const DirectConvolution& c,
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
void Convolve(const DirectConvolution& c, const float* image,
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

// weight_gradient[ky][kx][c][o] += .... What a row of the kernel sees at a
// place, [kx][c], is contiguous.
void WeightGradient(const DirectImages& from, const DirectImages& gradient,
                    int64_t kernel_size, int64_t num_images,
                    const float* images, const float* gradients,
                    float* weight_gradient) {
  const WeightGradientSum s = {
      num_images,      gradient.height,     gradient.width,
      from.size(),     from.row_size(),     from.stride,
      gradient.size(), gradient.row_size(), gradient.stride};
  const int64_t run_length = kernel_size * from.stride;
  const int64_t vectors = gradient.stride / kLanes;
  gradients += gradient.start();
  for (int64_t v = 0; v < vectors; v += kTileVectors) {
    const auto& tiles = TileVectors(v, vectors) == kTileVectors
                            ? kWeightGradientTiles<kTileVectors>
                            : kWeightGradientTiles<1>;
    for (int64_t ky = 0; ky < kernel_size; ++ky) {
      ForEachPart(run_length, kTileRows, [&](int64_t j, int64_t rows) {
        tiles[static_cast<size_t>(rows - 1)](
            s, images + ky * from.row_size() + j, gradients + v * kLanes,
            weight_gradient + (ky * run_length + j) * gradient.stride +
                v * kLanes);
      });
    }
  }
}

void Forward(const Conv2dGeometry& g, int64_t batch, int64_t out_channels,
             const float* images, const float* weight, const float* bias,
             float* output, float* workspace) {
  const DirectConvolution c = ForwardConvolution(g, out_channels);
  const DirectWorkspace parts(c);
  float* const weights = workspace + parts.weights;
  float* const padded_bias = workspace + parts.bias;
  float* const image = workspace + parts.image;
  float* const result = workspace + parts.result;
  PackWeights(c, {weight, c.taps(), g.patch_size(), /*turned=*/false}, weights);
  std::fill_n(padded_bias, c.to.stride, 0.0f);
  std::copy_n(bias, out_channels, padded_bias);
  std::fill_n(image, c.from.size(), 0.0f);
  for (int64_t n = 0; n < batch; ++n) {
    TakeImage(c.from, images + n * g.channels * g.height * g.width, image);
    Convolve(c, image, weights, padded_bias, result);
    GiveImage(c.to, result, output + n * out_channels * g.num_places());
  }
}

void Backward(const Conv2dGeometry& g, int64_t batch, int64_t out_channels,
              const float* images, const float* weight,
              const float* output_gradient, float* weight_gradient,
              float* image_gradients, float* workspace) {
  const DirectConvolution forward = ForwardConvolution(g, out_channels);
  const DirectConvolution backward = BackwardConvolution(g, out_channels);
  const DirectImages& from = forward.from;
  const DirectImages& gradient = backward.from;
  const int64_t taps = forward.taps();
  const int64_t image_size = g.channels * g.height * g.width;
  const int64_t output_size = out_channels * g.num_places();
  const DirectBackwardWorkspace parts(forward, backward);
  float* const weights = workspace + parts.weights;
  float* const no_bias = workspace + parts.no_bias;
  float* const chunk = workspace + parts.images;
  float* const gradients = workspace + parts.gradients;
  float* const result = workspace + parts.result;
  float* const sums = workspace + parts.weight_gradient;
  float* const ordered = workspace + parts.ordered_weight_gradient;
  if (image_gradients != nullptr) {
    PackWeights(backward, {weight, g.patch_size(), taps, /*turned=*/true},
                weights);
    std::fill_n(no_bias, backward.to.stride, 0.0f);
  }
  std::fill_n(chunk, parts.at_a_time * from.size(), 0.0f);
  std::fill_n(gradients, parts.at_a_time * gradient.size(), 0.0f);
  std::fill_n(sums, forward.packed_weights_size(), 0.0f);
  for (int64_t begin = 0; begin < batch; begin += parts.at_a_time) {
    const int64_t count = HWY_MIN(parts.at_a_time, batch - begin);
    for (int64_t n = 0; n < count; ++n) {
      TakeImage(from, images + (begin + n) * image_size,
                chunk + n * from.size());
      TakeImage(gradient, output_gradient + (begin + n) * output_size,
                gradients + n * gradient.size());
    }
    WeightGradient(from, gradient, g.kernel_size, count, chunk, gradients,
                   sums);
    if (image_gradients == nullptr) continue;
    for (int64_t n = 0; n < count; ++n) {
      Convolve(backward, gradients + n * gradient.size(), weights, no_bias,
               result);
      GiveImage(backward.to, result,
                image_gradients + (begin + n) * image_size);
    }
  }
  for (int64_t i = 0; i < g.channels; ++i) {
    Transpose(taps, out_channels, sums + i * gradient.stride,
              g.channels * gradient.stride, ordered + i * taps, g.patch_size());
  }
  for (int64_t i = 0; i < out_channels * g.patch_size(); ++i) {
    weight_gradient[i] += ordered[i];
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(Forward);
HWY_EXPORT(Backward);

bool IsDirectConv2d(const Conv2dGeometry& geometry) {
  return geometry.stride == 1 && geometry.dilation == 1 &&
         geometry.padding < geometry.kernel_size;
}

int64_t DirectConv2dWorkspaceSize(const Conv2dGeometry& geometry,
                                  int64_t out_channels) {
  return DirectWorkspace(ForwardConvolution(geometry, out_channels))
      .parts.size();
}

int64_t DirectConv2dBackwardWorkspaceSize(const Conv2dGeometry& geometry,
                                          int64_t out_channels) {
  return DirectBackwardWorkspace(ForwardConvolution(geometry, out_channels),
                                 BackwardConvolution(geometry, out_channels))
      .parts.size();
}

void DirectConv2d(const Conv2dGeometry& geometry, int64_t batch,
                  int64_t out_channels, const float* images,
                  const float* weight, const float* bias, float* output,
                  float* workspace) {
  HWY_DYNAMIC_DISPATCH(Forward)
  (geometry, batch, out_channels, images, weight, bias, output, workspace);
}

void DirectConv2dBackward(const Conv2dGeometry& geometry, int64_t batch,
                          int64_t out_channels, const float* images,
                          const float* weight, const float* output_gradient,
                          float* weight_gradient, float* image_gradients,
                          float* workspace) {
  HWY_DYNAMIC_DISPATCH(Backward)
  (geometry, batch, out_channels, images, weight, output_gradient,
   weight_gradient, image_gradients, workspace);
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
