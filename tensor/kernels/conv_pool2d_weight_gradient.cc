#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "tensor/kernels/conv_pool2d.h"

// See matmul.cc about this.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/conv_pool2d_weight_gradient.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tensor/kernels/conv_pool2d-inl.h"
#include "tensor/kernels/transpose-inl.h"
// clang-format on

#ifndef MINIDL_TENSOR_KERNELS_CONV_POOL2D_WEIGHT_GRADIENT_ONCE_
#define MINIDL_TENSOR_KERNELS_CONV_POOL2D_WEIGHT_GRADIENT_ONCE_
namespace minidl::kernels {

// A list may be written to a whole vector beyond its end.
constexpr int64_t ListCapacity(int64_t entries) {
  return entries + kChannelGroup;
}

}  // namespace minidl::kernels
#endif  // MINIDL_TENSOR_KERNELS_CONV_POOL2D_WEIGHT_GRADIENT_ONCE_

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void BiasGradient(const ConvPool2dGeometry& g, int64_t num_images,
                  const float* output_gradients, const uint8_t* argmax,
                  float* bias_gradient) {
  const D d;
  for (int64_t n = 0; n < num_images; ++n) {
    for (int64_t o = 0; o < g.output_channels; o += kLanes) {
      V sum = hn::Zero(d);
      const uint8_t* window_argmax = argmax + o;
      for (int64_t y = 0; y < g.output_height; ++y) {
        for (int64_t x = 0; x < g.output_width; ++x) {
          const LiveGradients live =
              LoadLive(output_gradients + y * g.output_row_stride +
                           x * g.output_channels + o,
                       window_argmax);
          sum = hn::Add(sum, hn::IfThenElseZero(live.live, live.gradient));
          window_argmax += g.output_channels;
        }
      }
      AddTo(sum, bias_gradient + o);
    }
    output_gradients += g.output_size;
    argmax += g.num_windows() * g.output_channels;
  }
}

// The lists of a group of output channels: of each, the gradients that are
// left, window by window, and the elements of the images under the first weight
// of the kernel that they went through.
class ChannelLists {
 public:
  ChannelLists(const ConvPool2dLists& lists, int64_t capacity)
      : lists_(lists), capacity_(capacity) {
    for (int64_t i = 0; i < kChannelGroup; ++i) lists_.counts[i] = 0;
  }

  // Adds the group's gradients of a window, of which `corner` is the first
  // element in the images. Windows are kept until there is a block of 16 to
  // transpose, so that each channel's gradients stand side by side.
  void Add(const ConvPool2dGeometry& g, int64_t corner,
           const float* output_gradient, const uint8_t* argmax) {
    const D d;
    const DInt d_int;
    const VInt one = hn::Set(d_int, 1);
    const VInt two = hn::Set(d_int, 2);
    for (int v = 0; v < kVectors; ++v) {
      const LiveGradients live =
          LoadLive(output_gradient + v * kLanes, argmax + v * kLanes);
      const VInt right = hn::IfThenElseZero(
          hn::TestBit(live.place, one),
          hn::Set(d_int, static_cast<int32_t>(g.pixel_stride)));
      const VInt down = hn::IfThenElseZero(
          hn::TestBit(live.place, two),
          hn::Set(d_int, static_cast<int32_t>(g.row_stride)));
      const VInt offset = hn::Add(hn::Set(d_int, static_cast<int32_t>(corner)),
                                  hn::Add(right, down));
      const int64_t at = num_windows_ * kChannelGroup + v * kLanes;
      hn::StoreU(hn::IfThenElseZero(live.live, live.gradient), d,
                 gradients_ + at);
      hn::StoreU(hn::BitCast(d, offset), d, offsets_ + at);
    }
    if (++num_windows_ == kBlock) Flush();
  }

  void Flush() {
    const D d;
    const DInt d_int;
    for (int64_t i = num_windows_ * kChannelGroup; i < kBlock * kChannelGroup;
         i += kLanes) {
      hn::StoreU(hn::Zero(d), d, gradients_ + i);
    }
    num_windows_ = 0;
    HWY_ALIGN float gradients[kBlock * kChannelGroup];
    HWY_ALIGN float offsets[kBlock * kChannelGroup];
    Transpose(kBlock, kChannelGroup, gradients_, kChannelGroup, gradients,
              kBlock);
    Transpose(kBlock, kChannelGroup, offsets_, kChannelGroup, offsets, kBlock);
    for (int64_t i = 0; i < kChannelGroup; ++i) {
      int64_t end = i * capacity_ + lists_.counts[i];
      for (int v = 0; v < kVectors; ++v) {
        const int64_t at = i * kBlock + v * kLanes;
        const V gradient = hn::LoadU(d, gradients + at);
        const auto live = hn::Ne(gradient, hn::Zero(d));
        hn::StoreU(hn::Compress(gradient, live), d, lists_.gradients + end);
        hn::StoreU(
            hn::BitCast(d_int, hn::Compress(hn::LoadU(d, offsets + at), live)),
            d_int, lists_.offsets + end);
        end += static_cast<int64_t>(hn::CountTrue(d, live));
      }
      lists_.counts[i] = static_cast<int32_t>(end - i * capacity_);
    }
  }

 private:
  static constexpr int64_t kBlock = 16;
  static_assert(kBlock == kChannelGroup, "a block is square");

  ConvPool2dLists lists_;
  int64_t capacity_;
  int64_t num_windows_ = 0;
  HWY_ALIGN float gradients_[kBlock * kChannelGroup];
  HWY_ALIGN float offsets_[kBlock * kChannelGroup];  // Integers.
};

// Sums that AddProducts keeps in registers: those of up to kMaxRows rows of a
// kernel, by up to kMaxGroups groups of what is under one. A 3×3 kernel on 32
// channels is 3 rows of 6 groups: all of it, 18 vectors, with AVX-512, and row
// by row 12 vectors with AVX2. Every gradient is broadcast once for them. The
// lists are made by transposing and compressing whole vectors, in a sixth of
// the time that the sums take; element by element it took two thirds.
#if HWY_TARGET <= HWY_AVX3
constexpr int kMaxRows = 3;
constexpr int kMaxGroups = 6;
#elif HWY_TARGET <= HWY_AVX2
constexpr int kMaxRows = 1;
constexpr int kMaxGroups = 6;
#else
constexpr int kMaxRows = 1;
constexpr int kMaxGroups = 2;
#endif

// sums[row][j] += the sum over the entries of gradient images[offset + row
// row_stride + j], for kRows rows and kGroups groups of elements j.
template <int kRows, int kGroups>
void AddProducts(const float* HWY_RESTRICT gradients,
                 const int32_t* HWY_RESTRICT offsets, int64_t count,
                 const float* HWY_RESTRICT images, int64_t row_stride,
                 float* HWY_RESTRICT sums, int64_t sums_stride) {
  const D d;
  constexpr int kWidth = kGroups * kVectors;
  V sum[kRows][kWidth];
  HWY_UNROLL(16)
  for (int i = 0; i < kRows; ++i) {
    HWY_UNROLL(16)
    for (int v = 0; v < kWidth; ++v) sum[i][v] = hn::Zero(d);
  }
  for (int64_t entry = 0; entry < count; ++entry) {
    const V gradient = hn::Set(d, gradients[entry]);
    const float* HWY_RESTRICT row = images + offsets[entry];
    HWY_UNROLL(16)
    for (int i = 0; i < kRows; ++i) {
      HWY_UNROLL(16)
      for (int v = 0; v < kWidth; ++v) {
        sum[i][v] =
            hn::MulAdd(gradient, hn::LoadU(d, row + v * kLanes), sum[i][v]);
      }
      row += row_stride;
    }
  }
  HWY_UNROLL(16)
  for (int i = 0; i < kRows; ++i) {
    HWY_UNROLL(16)
    for (int v = 0; v < kWidth; ++v) {
      AddTo(sum[i][v], sums + i * sums_stride + v * kLanes);
    }
  }
}

// AddProducts of kRows rows, that of kGroups groups at kGroups - 1.
using AddProductsFunction = void (*)(const float*, const int32_t*, int64_t,
                                     const float*, int64_t, float*, int64_t);
using AddProductsOfRows = std::array<AddProductsFunction, kMaxGroups>;
template <int kRows, size_t... kGroups>
constexpr AddProductsOfRows MakeAddProducts(std::index_sequence<kGroups...>) {
  return {&AddProducts<kRows, kGroups + 1>...};
}
template <size_t... kRows>
constexpr std::array<AddProductsOfRows, kMaxRows> MakeAddProductsOfRows(
    std::index_sequence<kRows...>) {
  return {
      MakeAddProducts<kRows + 1>(std::make_index_sequence<kMaxGroups>())...};
}
constexpr std::array<AddProductsOfRows, kMaxRows> kAddProducts =
    MakeAddProductsOfRows(std::make_index_sequence<kMaxRows>());

void WeightGradient(const ConvPool2dGeometry& g, int64_t num_images,
                    const float* images, const float* output_gradients,
                    const uint8_t* argmax, const ConvPool2dLists& lists,
                    float* weight_gradient) {
  const int64_t run_length = g.run_length();
  const int64_t capacity = ListCapacity(num_images * g.num_windows());
  for (int64_t first = 0; first < g.output_channels; first += kChannelGroup) {
    ChannelLists channels(lists, capacity);
    const uint8_t* window_argmax = argmax + first;
    for (int64_t n = 0; n < num_images; ++n) {
      for (int64_t y = 0; y < g.output_height; ++y) {
        for (int64_t x = 0; x < g.output_width; ++x) {
          channels.Add(
              g,
              n * g.image_size + 2 * y * g.row_stride + 2 * x * g.pixel_stride,
              output_gradients + n * g.output_size + y * g.output_row_stride +
                  x * g.output_channels + first,
              window_argmax);
          window_argmax += g.output_channels;
        }
      }
    }
    channels.Flush();
    for (int64_t i = 0; i < kChannelGroup; ++i) {
      const float* gradients = lists.gradients + i * capacity;
      const int32_t* offsets = lists.offsets + i * capacity;
      for (int64_t ky = 0; ky < g.kernel_size; ky += kMaxRows) {
        const int64_t rows = HWY_MIN(kMaxRows, g.kernel_size - ky);
        for (int64_t j = 0; j < run_length; j += kMaxGroups * kChannelGroup) {
          const int64_t groups =
              HWY_MIN(kMaxGroups, (run_length - j) / kChannelGroup);
          kAddProducts[static_cast<size_t>(rows - 1)][static_cast<size_t>(
              groups - 1)](gradients, offsets, lists.counts[i],
                           images + ky * g.row_stride + j, g.row_stride,
                           weight_gradient + ky * run_length + j, run_length);
        }
      }
      weight_gradient += g.kernel_size * run_length;
    }
  }
}

// The gradients of an image's group of output channels, put back at the places
// of the windows that they came from: unpooled[window][place][channel].
void Unpool(const ConvPool2dGeometry& g, const float* output_gradient,
            const uint8_t* argmax, float* unpooled) {
  const D d;
  const DInt d_int;
  for (int64_t y = 0; y < g.output_height; ++y) {
    for (int64_t x = 0; x < g.output_width; ++x) {
      for (int v = 0; v < kVectors; ++v) {
        const LiveGradients live =
            LoadLive(output_gradient + y * g.output_row_stride +
                         x * g.output_channels + v * kLanes,
                     argmax + v * kLanes);
        for (int i = 0; i < kPlaces; ++i) {
          const auto here = hn::RebindMask(
              d, hn::Eq(live.place, hn::Set(d_int, static_cast<int32_t>(i))));
          hn::StoreU(hn::IfThenElseZero(here, live.gradient), d,
                     unpooled + i * kChannelGroup + v * kLanes);
        }
      }
      unpooled += kPlaces * kChannelGroup;
      argmax += g.output_channels;
    }
  }
}

// Weights of a kernel whose gradients are summed up at the same time: 12 sums
// with AVX, as in matmul.cc.
constexpr int kMaxWeights = HWY_MAX(1, 12 / kVectors);

// weight_gradient[i output_channels + channel] += the sum over all places of
// unpooled[place][channel] image[place + i], for kWeights weights i, whose
// elements of the image at place (0, 0) are `taps`.
template <int kWeights>
void AddPlaces(const ConvPool2dGeometry& g, const float* HWY_RESTRICT unpooled,
               const float* const* taps, float* HWY_RESTRICT weight_gradient) {
  const D d;
  V sum[kWeights][kVectors];
  HWY_UNROLL(16)
  for (int i = 0; i < kWeights; ++i) {
    HWY_UNROLL(16)
    for (int v = 0; v < kVectors; ++v) sum[i][v] = hn::Zero(d);
  }
  for (int64_t y = 0; y < g.output_height; ++y) {
    for (int64_t x = 0; x < g.output_width; ++x) {
      HWY_UNROLL(16)
      for (int place = 0; place < kPlaces; ++place) {
        const int64_t offset = (2 * y + place / 2) * g.row_stride +
                               (2 * x + place % 2) * g.pixel_stride;
        V gradient[kVectors];
        HWY_UNROLL(16)
        for (int v = 0; v < kVectors; ++v) {
          gradient[v] = hn::LoadU(d, unpooled + v * kLanes);
        }
        unpooled += kChannelGroup;
        HWY_UNROLL(16)
        for (int i = 0; i < kWeights; ++i) {
          const V input = hn::Set(d, taps[i][offset]);
          HWY_UNROLL(16)
          for (int v = 0; v < kVectors; ++v) {
            sum[i][v] = hn::MulAdd(input, gradient[v], sum[i][v]);
          }
        }
      }
    }
  }
  HWY_UNROLL(16)
  for (int i = 0; i < kWeights; ++i) {
    HWY_UNROLL(16)
    for (int v = 0; v < kVectors; ++v) {
      AddTo(sum[i][v], weight_gradient + i * g.output_channels + v * kLanes);
    }
  }
}

// AddPlaces of kWeights weights at kWeights - 1.
using AddPlacesFunction = void (*)(const ConvPool2dGeometry&, const float*,
                                   const float* const*, float*);
template <size_t... kWeights>
constexpr std::array<AddPlacesFunction, kMaxWeights> MakeAddPlaces(
    std::index_sequence<kWeights...>) {
  return {&AddPlaces<kWeights + 1>...};
}
constexpr std::array<AddPlacesFunction, kMaxWeights> kAddPlaces =
    MakeAddPlaces(std::make_index_sequence<kMaxWeights>());

#if HWY_TARGET <= HWY_AVX3

// Whether AddPatches can do it: the elements under a 3×3 kernel at the four
// places of a window are 4×4 of each plane, and a vector of AVX-512 holds them.
bool FitsPatches(const ConvPool2dGeometry& g) {
  return g.kernel_size == 3 && g.pixel_stride == 1;
}

HWY_INLINE V LoadPatch(const float* HWY_RESTRICT corner, int64_t row_stride) {
  const D d;
  const hn::Half<D> d_half;
  const hn::Half<hn::Half<D>> d_row;
  const auto row = [&](int64_t i) HWY_ATTR {
    return hn::LoadU(d_row, corner + i * row_stride);
  };
  return hn::Combine(d, hn::Combine(d_half, row(3), row(2)),
                     hn::Combine(d_half, row(1), row(0)));
}

// What Unpool and AddPlaces do for a group of output channels and kPlanes
// planes of an image, the same sums without the terms that are 0: for each
// weight, every channel takes the element of its own place out of the patch.
// One permutation and one multiply-add then do what four multiply-adds do
// there.
template <int kPlanes>
void AddPatches(const ConvPool2dGeometry& g, const float* HWY_RESTRICT planes,
                const float* HWY_RESTRICT output_gradient,
                const uint8_t* HWY_RESTRICT argmax,
                float* HWY_RESTRICT weight_gradient) {
  const D d;
  const DInt d_int;
  constexpr int kWeights = 9;
  V sum[kPlanes][kWeights];
  HWY_UNROLL(16)
  for (int c = 0; c < kPlanes; ++c) {
    HWY_UNROLL(16)
    for (int i = 0; i < kWeights; ++i) sum[c][i] = hn::Zero(d);
  }
  for (int64_t y = 0; y < g.output_height; ++y) {
    for (int64_t x = 0; x < g.output_width; ++x) {
      const LiveGradients live = LoadLive(
          output_gradient + y * g.output_row_stride + x * g.output_channels,
          argmax);
      argmax += g.output_channels;
      const V gradient = hn::IfThenElseZero(live.live, live.gradient);
      V patch[kPlanes];
      HWY_UNROLL(16)
      for (int c = 0; c < kPlanes; ++c) {
        patch[c] = LoadPatch(
            planes + c * g.channel_stride + 2 * y * g.row_stride + 2 * x,
            g.row_stride);
      }
      // Places 0, 1, 2, 3 begin at elements 0, 1, 4, 5 of the patch.
      const VInt begin =
          hn::Add(hn::And(live.place, hn::Set(d_int, 1)),
                  hn::ShiftLeft<1>(hn::And(live.place, hn::Set(d_int, 2))));
      HWY_UNROLL(16)
      for (int i = 0; i < kWeights; ++i) {
        const auto index = hn::IndicesFromVec(
            d, hn::Add(begin, hn::Set(d_int, 4 * (i / 3) + i % 3)));
        HWY_UNROLL(16)
        for (int c = 0; c < kPlanes; ++c) {
          sum[c][i] = hn::MulAdd(hn::TableLookupLanes(patch[c], index),
                                 gradient, sum[c][i]);
        }
      }
    }
  }
  HWY_UNROLL(16)
  for (int c = 0; c < kPlanes; ++c) {
    HWY_UNROLL(16)
    for (int i = 0; i < kWeights; ++i) {
      AddTo(sum[c][i], weight_gradient);
      weight_gradient += g.output_channels;
    }
  }
}

#endif

void WeightGradientOfPlanes(const ConvPool2dGeometry& g, int64_t num_images,
                            const float* images, const float* output_gradients,
                            const uint8_t* argmax, float* scratch,
                            float* weight_gradient) {
  for (int64_t n = 0; n < num_images; ++n) {
    for (int64_t first = 0; first < g.output_channels; first += kChannelGroup) {
#if HWY_TARGET <= HWY_AVX3
      if (FitsPatches(g)) {
        for (int64_t c = 0; c < g.channels; c += 2) {
          const auto add_patches =
              c + 1 < g.channels ? &AddPatches<2> : &AddPatches<1>;
          add_patches(g, images + c * g.channel_stride,
                      output_gradients + first, argmax + first,
                      weight_gradient + 9 * c * g.output_channels + first);
        }
        continue;
      }
#endif
      Unpool(g, output_gradients + first, argmax + first, scratch);
      const float* taps[kMaxWeights];
      for (int64_t i = 0; i < g.kernel_elements(); i += kMaxWeights) {
        const int64_t count = HWY_MIN(kMaxWeights, g.kernel_elements() - i);
        for (int64_t j = 0; j < count; ++j) {
          const int64_t kx = (i + j) % g.kernel_size;
          const int64_t ky = (i + j) / g.kernel_size % g.kernel_size;
          const int64_t c = (i + j) / (g.kernel_size * g.kernel_size);
          taps[j] = images + c * g.channel_stride + ky * g.row_stride +
                    kx * g.pixel_stride;
        }
        kAddPlaces[static_cast<size_t>(count - 1)](
            g, scratch, taps, weight_gradient + i * g.output_channels + first);
      }
    }
    images += g.image_size;
    output_gradients += g.output_size;
    argmax += g.num_windows() * g.output_channels;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(BiasGradient);
HWY_EXPORT(WeightGradient);
HWY_EXPORT(WeightGradientOfPlanes);

void ConvPool2dBiasGradient(const ConvPool2dGeometry& geometry,
                            int64_t num_images, const float* output_gradients,
                            const uint8_t* argmax, float* bias_gradient) {
  HWY_DYNAMIC_DISPATCH(BiasGradient)
  (geometry, num_images, output_gradients, argmax, bias_gradient);
}

ConvPool2dListSizes ConvPool2dWeightGradientLists(
    const ConvPool2dGeometry& geometry, int64_t num_images) {
  return {kChannelGroup * ListCapacity(num_images * geometry.num_windows()),
          kChannelGroup};
}

void ConvPool2dWeightGradient(const ConvPool2dGeometry& geometry,
                              int64_t num_images, const float* images,
                              const float* output_gradients,
                              const uint8_t* argmax,
                              const ConvPool2dLists& lists,
                              float* weight_gradient) {
  HWY_DYNAMIC_DISPATCH(WeightGradient)
  (geometry, num_images, images, output_gradients, argmax, lists,
   weight_gradient);
}

void ConvPool2dWeightGradientOfPlanes(const ConvPool2dGeometry& geometry,
                                      int64_t num_images, const float* images,
                                      const float* output_gradients,
                                      const uint8_t* argmax, float* scratch,
                                      float* weight_gradient) {
  HWY_DYNAMIC_DISPATCH(WeightGradientOfPlanes)
  (geometry, num_images, images, output_gradients, argmax, scratch,
   weight_gradient);
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
