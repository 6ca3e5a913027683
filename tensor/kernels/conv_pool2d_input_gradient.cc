#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "tensor/kernels/conv_pool2d.h"

// See matmul.cc about this.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/conv_pool2d_input_gradient.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tensor/kernels/conv_pool2d-inl.h"
// clang-format on

#ifndef MINIDL_TENSOR_KERNELS_CONV_POOL2D_INPUT_GRADIENT_ONCE_
#define MINIDL_TENSOR_KERNELS_CONV_POOL2D_INPUT_GRADIENT_ONCE_
namespace minidl::kernels {

// Images whose lists are made at a time, so that the weights of a row of the
// kernel, 24 KiB for 64 by 32 channels and 3×3, are fetched into the
// first-level cache for some 32 windows and not for each.
inline int64_t ImagesAtATime(const ConvPool2dGeometry& geometry) {
  constexpr int64_t kWindows = 32;
  return std::max<int64_t>(1, kWindows / geometry.num_windows());
}

// A list has a gradient for each output channel at most, and may be written to
// a whole vector beyond its end.
inline int64_t PlaceListCapacity(const ConvPool2dGeometry& geometry) {
  return geometry.output_channels + kChannelGroup;
}

}  // namespace minidl::kernels
#endif  // MINIDL_TENSOR_KERNELS_CONV_POOL2D_INPUT_GRADIENT_ONCE_

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Four lists for each window: of each of its places, the gradients that went
// through it, channel by channel, with the weights of those channels.
void ListPlaces(const ConvPool2dGeometry& g, const float* output_gradient,
                const uint8_t* argmax, float* gradients, int32_t* offsets,
                int32_t* counts) {
  const D d;
  const DInt d_int;
  const int64_t capacity = PlaceListCapacity(g);
  const auto weights_of_channel =
      static_cast<int32_t>(g.kernel_size * g.run_length());
  // Multiplying lanes would take longer.
  HWY_ALIGN int32_t first_offsets[kLanes];
  for (int64_t i = 0; i < kLanes; ++i) {
    first_offsets[i] = static_cast<int32_t>(i) * weights_of_channel;
  }
  const VInt step =
      hn::Set(d_int, static_cast<int32_t>(kLanes) * weights_of_channel);
  for (int64_t y = 0; y < g.output_height; ++y) {
    for (int64_t x = 0; x < g.output_width; ++x) {
      const float* gradient =
          output_gradient + y * g.output_row_stride + x * g.output_channels;
      int64_t ends[kPlaces];
      for (int place = 0; place < kPlaces; ++place) {
        ends[place] = place * capacity;
      }
      VInt offset = hn::Load(d_int, first_offsets);
      for (int64_t o = 0; o < g.output_channels; o += kLanes) {
        const LiveGradients live = LoadLive(gradient + o, argmax + o);
        for (int place = 0; place < kPlaces; ++place) {
          const auto here = hn::And(
              live.live,
              hn::RebindMask(d, hn::Eq(live.place, hn::Set(d_int, place))));
          hn::StoreU(hn::Compress(live.gradient, here), d,
                     gradients + ends[place]);
          hn::StoreU(hn::Compress(offset, hn::RebindMask(d_int, here)), d_int,
                     offsets + ends[place]);
          ends[place] += static_cast<int64_t>(hn::CountTrue(d, here));
        }
        offset = hn::Add(offset, step);
      }
      for (int place = 0; place < kPlaces; ++place) {
        *counts++ = static_cast<int32_t>(ends[place] - place * capacity);
      }
      gradients += kPlaces * capacity;
      offsets += kPlaces * capacity;
      argmax += g.output_channels;
    }
  }
}

// How many groups of elements AddKernelRow keeps in registers: the 96 elements
// under a row of a 3×3 kernel on 32 channels are 6 vectors of AVX-512 or 12 of
// AVX2.
#if HWY_TARGET <= HWY_AVX2
constexpr int kMaxGroups = 6;
#else
constexpr int kMaxGroups = 2;
#endif

// What the lists of an image add to kGroups groups of the elements under a row
// of the kernel. `weights` and `image_gradient` begin at the first of them.
template <int kGroups>
void AddKernelRow(const ConvPool2dGeometry& g,
                  const float* HWY_RESTRICT gradients,
                  const int32_t* HWY_RESTRICT offsets,
                  const int32_t* HWY_RESTRICT counts,
                  const float* HWY_RESTRICT weights,
                  float* HWY_RESTRICT image_gradient) {
  const D d;
  constexpr int kWidth = kGroups * kVectors;
  const int64_t capacity = PlaceListCapacity(g);
  for (int64_t y = 0; y < g.output_height; ++y) {
    for (int64_t x = 0; x < g.output_width; ++x) {
      for (int64_t place = 0; place < kPlaces; ++place) {
        float* HWY_RESTRICT to = image_gradient +
                                 (2 * y + place / 2) * g.row_stride +
                                 (2 * x + place % 2) * g.pixel_stride;
        V sum[kWidth];
        HWY_UNROLL(16)
        for (int v = 0; v < kWidth; ++v) sum[v] = hn::LoadU(d, to + v * kLanes);
        for (int64_t i = 0; i < *counts; ++i) {
          const V gradient = hn::Set(d, gradients[i]);
          const float* HWY_RESTRICT from = weights + offsets[i];
          HWY_UNROLL(16)
          for (int v = 0; v < kWidth; ++v) {
            sum[v] =
                hn::MulAdd(gradient, hn::LoadU(d, from + v * kLanes), sum[v]);
          }
        }
        HWY_UNROLL(16)
        for (int v = 0; v < kWidth; ++v) {
          hn::StoreU(sum[v], d, to + v * kLanes);
        }
        gradients += capacity;
        offsets += capacity;
        ++counts;
      }
    }
  }
}

// AddKernelRow of kGroups groups at kGroups - 1.
using AddKernelRowFunction = void (*)(const ConvPool2dGeometry&, const float*,
                                      const int32_t*, const int32_t*,
                                      const float*, float*);
template <size_t... kGroups>
constexpr std::array<AddKernelRowFunction, kMaxGroups> MakeAddKernelRow(
    std::index_sequence<kGroups...>) {
  return {&AddKernelRow<kGroups + 1>...};
}
constexpr std::array<AddKernelRowFunction, kMaxGroups> kAddKernelRow =
    MakeAddKernelRow(std::make_index_sequence<kMaxGroups>());

void InputGradient(const ConvPool2dGeometry& g, int64_t num_images,
                   const float* output_gradients, const uint8_t* argmax,
                   const float* weights, const ConvPool2dLists& lists,
                   float* image_gradients) {
  const int64_t run_length = g.run_length();
  const int64_t image_lists = kPlaces * g.num_windows();
  const int64_t image_entries = image_lists * PlaceListCapacity(g);
  const int64_t at_a_time = ImagesAtATime(g);
  for (int64_t begin = 0; begin < num_images; begin += at_a_time) {
    const int64_t count = HWY_MIN(at_a_time, num_images - begin);
    for (int64_t n = 0; n < count; ++n) {
      ListPlaces(g, output_gradients + (begin + n) * g.output_size,
                 argmax + (begin + n) * g.num_windows() * g.output_channels,
                 lists.gradients + n * image_entries,
                 lists.offsets + n * image_entries,
                 lists.counts + n * image_lists);
    }
    float* gradients = image_gradients + begin * g.image_size;
    std::fill_n(gradients, count * g.image_size, 0.0f);
    for (int64_t ky = 0; ky < g.kernel_size; ++ky) {
      for (int64_t j = 0; j < run_length; j += kMaxGroups * kChannelGroup) {
        const int64_t groups =
            HWY_MIN(kMaxGroups, (run_length - j) / kChannelGroup);
        for (int64_t n = 0; n < count; ++n) {
          kAddKernelRow[static_cast<size_t>(groups - 1)](
              g, lists.gradients + n * image_entries,
              lists.offsets + n * image_entries, lists.counts + n * image_lists,
              weights + ky * run_length + j,
              gradients + n * g.image_size + ky * g.row_stride + j);
        }
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(InputGradient);

ConvPool2dListSizes ConvPool2dInputGradientLists(
    const ConvPool2dGeometry& geometry) {
  const int64_t lists = ImagesAtATime(geometry) * 4 * geometry.num_windows();
  return {lists * PlaceListCapacity(geometry), lists};
}

void ConvPool2dInputGradient(const ConvPool2dGeometry& geometry,
                             int64_t num_images, const float* output_gradients,
                             const uint8_t* argmax, const float* weights,
                             const ConvPool2dLists& lists,
                             float* image_gradients) {
  HWY_DYNAMIC_DISPATCH(InputGradient)
  (geometry, num_images, output_gradients, argmax, weights, lists,
   image_gradients);
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
