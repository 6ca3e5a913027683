#include "tensor/kernels/conv_pool2d.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

// See matmul.cc about this.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/conv_pool2d.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kChannelGroup>;
using V = hn::Vec<D>;

// Lanes of a vector, and vectors of a group of channels.
constexpr int64_t kLanes = HWY_MIN(kChannelGroup, HWY_LANES(float));
constexpr int kVectors = static_cast<int>(kChannelGroup / kLanes);

// A forward tile is one window of four places by so many groups of channels: 16
// sums in the 32 registers of AVX-512, 8 in the 16 of AVX2. In each step 4
// elements of the image are broadcast, and each vector of weights serves 4
// multiply-adds.
#if HWY_TARGET <= HWY_AVX3
constexpr int kForwardGroups = 4;
#else
constexpr int kForwardGroups = 1;
#endif
constexpr int kPlaces = 4;

// The largest of a window's four places, after the rule of kDead's comment.
struct Largest {
  V value;
  V place;  // As a float, 0 to 4.
};
HWY_INLINE Largest FindLargest(const V (&places)[kPlaces], bool relu) {
  const D d;
  Largest largest = {places[0], hn::Zero(d)};
  for (int i = 1; i < kPlaces; ++i) {
    const auto better =
        hn::Or(hn::Gt(places[i], largest.value), hn::IsNaN(places[i]));
    largest.value = hn::IfThenElse(better, places[i], largest.value);
    largest.place = hn::IfThenElse(better, hn::Set(d, static_cast<float>(i)),
                                   largest.place);
  }
  if (relu) {
    const auto dead = hn::Le(largest.value, hn::Zero(d));
    largest.value = hn::IfThenZeroElse(dead, largest.value);
    largest.place =
        hn::IfThenElse(dead, hn::Set(d, float{kDead}), largest.place);
  }
  return largest;
}

HWY_INLINE void StorePlaces(V place, uint8_t* argmax) {
  const hn::Rebind<int32_t, D> d_int;
  const hn::Rebind<uint8_t, D> d_byte;
  hn::StoreU(hn::DemoteTo(d_byte, hn::ConvertTo(d_int, place)), d_byte, argmax);
}

HWY_INLINE V LoadPlaces(const uint8_t* argmax) {
  const D d;
  const hn::Rebind<int32_t, D> d_int;
  const hn::Rebind<uint8_t, D> d_byte;
  return hn::ConvertTo(d, hn::PromoteTo(d_int, hn::LoadU(d_byte, argmax)));
}

// kGroups groups of output channels, from channel `first`, of one window.
// `input` is the element of the image at the window's corner.
template <int kGroups>
HWY_INLINE void ForwardWindow(const ConvPool2dGeometry& g, bool relu,
                              const float* HWY_RESTRICT input,
                              const float* HWY_RESTRICT weights,
                              const float* HWY_RESTRICT bias, int64_t first,
                              float* HWY_RESTRICT output,
                              uint8_t* HWY_RESTRICT argmax) {
  const D d;
  constexpr int kWidth = kGroups * kVectors;
  V sum[kPlaces][kWidth];
  for (int v = 0; v < kWidth; ++v) {
    const V b = hn::LoadU(d, bias + first + v * kLanes);
    for (int place = 0; place < kPlaces; ++place) sum[place][v] = b;
  }
  // Where all channels are real, those under a row of the kernel are one run.
  const bool dense = g.channels == g.channel_stride;
  const int64_t runs = dense ? 1 : g.kernel_size;
  const int64_t run_length = dense ? g.kernel_size * g.channels : g.channels;
  const float* HWY_RESTRICT w = weights + first;
  for (int64_t ky = 0; ky < g.kernel_size; ++ky) {
    for (int64_t run = 0; run < runs; ++run) {
      const float* HWY_RESTRICT top =
          input + ky * g.row_stride() + run * g.channel_stride;
      const float* HWY_RESTRICT bottom = top + g.row_stride();
      for (int64_t j = 0; j < run_length; ++j) {
        const V x[kPlaces] = {
            hn::Set(d, top[j]), hn::Set(d, top[j + g.channel_stride]),
            hn::Set(d, bottom[j]), hn::Set(d, bottom[j + g.channel_stride])};
        for (int v = 0; v < kWidth; ++v) {
          const V weight = hn::LoadU(d, w + v * kLanes);
          for (int place = 0; place < kPlaces; ++place) {
            sum[place][v] = hn::MulAdd(x[place], weight, sum[place][v]);
          }
        }
        w += g.output_channels;
      }
    }
  }
  for (int v = 0; v < kWidth; ++v) {
    const V places[kPlaces] = {sum[0][v], sum[1][v], sum[2][v], sum[3][v]};
    const Largest largest = FindLargest(places, relu);
    hn::StoreU(largest.value, d, output + first + v * kLanes);
    StorePlaces(largest.place, argmax + first + v * kLanes);
  }
}

// kGroups groups from channel `first`, of all windows.
template <int kGroups>
void ForwardGroups(const ConvPool2dGeometry& g, bool relu, const float* image,
                   const float* weights, const float* bias, int64_t first,
                   float* output, uint8_t* argmax) {
  for (int64_t y = 0; y < g.output_height; ++y) {
    for (int64_t x = 0; x < g.output_width; ++x) {
      ForwardWindow<kGroups>(
          g, relu, image + 2 * y * g.row_stride() + 2 * x * g.channel_stride,
          weights, bias, first,
          output + y * g.output_row_stride + x * g.output_channels,
          argmax + (y * g.output_width + x) * g.output_channels);
    }
  }
}

void Forward(const ConvPool2dGeometry& g, bool relu, const float* image,
             const float* weights, const float* bias, float* output,
             uint8_t* argmax) {
  constexpr int64_t kTile = kForwardGroups * kChannelGroup;
  int64_t first = 0;
  for (; first + kTile <= g.output_channels; first += kTile) {
    ForwardGroups<kForwardGroups>(g, relu, image, weights, bias, first, output,
                                  argmax);
  }
  constexpr int kHalf = HWY_MAX(1, kForwardGroups / 2);
  for (; first + kHalf * kChannelGroup <= g.output_channels;
       first += kHalf * kChannelGroup) {
    ForwardGroups<kHalf>(g, relu, image, weights, bias, first, output, argmax);
  }
  for (; first < g.output_channels; first += kChannelGroup) {
    ForwardGroups<1>(g, relu, image, weights, bias, first, output, argmax);
  }
}

// to[lane] += terms. Gradients are summed up from 0 for each image or few, and
// these sums then added to the others': in one long sum the rounding errors of
// all terms would be as large as those of its last.
HWY_INLINE void AddTo(V terms, float* to) {
  const D d;
  hn::StoreU(hn::Add(hn::LoadU(d, to), terms), d, to);
}

void BiasGradient(const ConvPool2dGeometry& g, const float* output_gradient,
                  const uint8_t* argmax, float* bias_gradient) {
  const D d;
  for (int64_t o = 0; o < g.output_channels; o += kLanes) {
    V sum = hn::Zero(d);
    for (int64_t y = 0; y < g.output_height; ++y) {
      for (int64_t x = 0; x < g.output_width; ++x) {
        const int64_t window = y * g.output_width + x;
        const auto dead =
            hn::Eq(LoadPlaces(argmax + window * g.output_channels + o),
                   hn::Set(d, float{kDead}));
        const V gradient =
            hn::LoadU(d, output_gradient + y * g.output_row_stride +
                             x * g.output_channels + o);
        sum = hn::Add(sum, hn::IfThenZeroElse(dead, gradient));
      }
    }
    AddTo(sum, bias_gradient + o);
  }
}

// How many elements AddProducts keeps in registers: the 96 under a row of a 3×3
// kernel on 32 channels are 6 vectors of AVX-512 or 12 of AVX2.
constexpr int64_t kSumElements = 96;

// sums[j] += the sum over the entries of gradient images[offset + j], for
// kElements elements j.
template <int64_t kElements>
HWY_INLINE void AddProducts(const ConvPool2dEntry* HWY_RESTRICT entries,
                            int64_t num_entries,
                            const float* HWY_RESTRICT images,
                            float* HWY_RESTRICT sums) {
  const D d;
  constexpr int kCount = static_cast<int>(kElements / kLanes);
  V sum[kCount];
  for (int v = 0; v < kCount; ++v) sum[v] = hn::Zero(d);
  for (int64_t i = 0; i < num_entries; ++i) {
    const V gradient = hn::Set(d, entries[i].gradient);
    const float* HWY_RESTRICT x = images + entries[i].offset;
    for (int v = 0; v < kCount; ++v) {
      sum[v] = hn::MulAdd(gradient, hn::LoadU(d, x + v * kLanes), sum[v]);
    }
  }
  for (int v = 0; v < kCount; ++v) AddTo(sum[v], sums + v * kLanes);
}

// The weight gradients of one output channel.
void WeightGradientOfChannel(const ConvPool2dGeometry& g,
                             const ConvPool2dEntry* entries,
                             int64_t num_entries, const float* images,
                             float* weight_gradient) {
  const int64_t run_length = g.kernel_size * g.channel_stride;
  for (int64_t ky = 0; ky < g.kernel_size; ++ky) {
    const float* row = images + ky * g.row_stride();
    int64_t j = 0;
    for (; j + kSumElements <= run_length; j += kSumElements) {
      AddProducts<kSumElements>(entries, num_entries, row + j,
                                weight_gradient + j);
    }
    for (; j < run_length; j += kChannelGroup) {
      AddProducts<kChannelGroup>(entries, num_entries, row + j,
                                 weight_gradient + j);
    }
    weight_gradient += run_length;
  }
}

// The output gradients of a group of channels from `first`, put back at the
// places of the windows that they came from: gradients[window][place][channel].
void Unpool(const ConvPool2dGeometry& g, const float* output_gradient,
            const uint8_t* argmax, int64_t first, float* gradients) {
  const D d;
  for (int64_t y = 0; y < g.output_height; ++y) {
    for (int64_t x = 0; x < g.output_width; ++x) {
      for (int v = 0; v < kVectors; ++v) {
        const int64_t channel = first + v * kLanes;
        const V gradient =
            hn::LoadU(d, output_gradient + y * g.output_row_stride +
                             x * g.output_channels + channel);
        const V place = LoadPlaces(argmax + channel);
        for (int i = 0; i < kPlaces; ++i) {
          const auto here = hn::Eq(place, hn::Set(d, static_cast<float>(i)));
          hn::StoreU(hn::IfThenElseZero(here, gradient), d,
                     gradients + i * kChannelGroup + v * kLanes);
        }
      }
      gradients += kPlaces * kChannelGroup;
      argmax += g.output_channels;
    }
  }
}

// Rows of weights, each of a group of channels, whose gradients are summed at
// the same time: 12 sums with AVX, as in matmul.cc.
constexpr int kWeightRows = HWY_MAX(1, 12 / kVectors);

// weight_gradient[row output_channels + channel] += the sum over all places of
// gradient[place][channel] image[place + row], for kRows rows of weights, whose
// elements of the image under place (0, 0) are `taps`.
template <int kRows>
void WeightGradientRows(const ConvPool2dGeometry& g,
                        const float* HWY_RESTRICT gradients,
                        const float* const* taps,
                        float* HWY_RESTRICT weight_gradient) {
  const D d;
  V sum[kRows][kVectors];
  for (int i = 0; i < kRows; ++i) {
    for (int v = 0; v < kVectors; ++v) sum[i][v] = hn::Zero(d);
  }
  for (int64_t y = 0; y < g.output_height; ++y) {
    for (int64_t x = 0; x < g.output_width; ++x) {
      for (int place = 0; place < kPlaces; ++place) {
        const int64_t offset = (2 * y + place / 2) * g.row_stride() +
                               (2 * x + place % 2) * g.channel_stride;
        V gradient[kVectors];
        for (int v = 0; v < kVectors; ++v) {
          gradient[v] = hn::LoadU(d, gradients + v * kLanes);
        }
        gradients += kChannelGroup;
        for (int i = 0; i < kRows; ++i) {
          const V input = hn::Set(d, taps[i][offset]);
          for (int v = 0; v < kVectors; ++v) {
            sum[i][v] = hn::MulAdd(input, gradient[v], sum[i][v]);
          }
        }
      }
    }
  }
  for (int i = 0; i < kRows; ++i) {
    for (int v = 0; v < kVectors; ++v) {
      AddTo(sum[i][v], weight_gradient + i * g.output_channels + v * kLanes);
    }
  }
}

// WeightGradientRows<rows>, for the rows that are left over.
template <int kRows>
void LastWeightGradientRows(int64_t rows, const ConvPool2dGeometry& g,
                            const float* gradients, const float* const* taps,
                            float* weight_gradient) {
  if constexpr (kRows > 0) {
    if (rows == kRows) {
      WeightGradientRows<kRows>(g, gradients, taps, weight_gradient);
    } else {
      LastWeightGradientRows<kRows - 1>(rows, g, gradients, taps,
                                        weight_gradient);
    }
  }
}

void WeightGradientFewChannels(const ConvPool2dGeometry& g, const float* image,
                               const float* output_gradient,
                               const uint8_t* argmax, float* gradients,
                               float* weight_gradient) {
  const int64_t rows = g.kernel_size * g.kernel_size * g.channels;
  for (int64_t first = 0; first < g.output_channels; first += kChannelGroup) {
    Unpool(g, output_gradient, argmax, first, gradients);
    const float* taps[kWeightRows];
    for (int64_t row = 0; row < rows; row += kWeightRows) {
      const int64_t count = HWY_MIN(kWeightRows, rows - row);
      for (int64_t i = 0; i < count; ++i) {
        const int64_t channel = (row + i) % g.channels;
        const int64_t kernel_place = (row + i) / g.channels;
        taps[i] = image + kernel_place / g.kernel_size * g.row_stride() +
                  kernel_place % g.kernel_size * g.channel_stride + channel;
      }
      LastWeightGradientRows<kWeightRows>(
          count, g, gradients, taps,
          weight_gradient + row * g.output_channels + first);
    }
  }
}

// to[j] += factor from[j] for `count` elements, a multiple of kChannelGroup.
HWY_INLINE void AddScaled(int64_t count, float factor,
                          const float* HWY_RESTRICT from,
                          float* HWY_RESTRICT to) {
  const D d;
  const V f = hn::Set(d, factor);
  for (int64_t j = 0; j < count; j += kLanes) {
    hn::StoreU(hn::MulAdd(f, hn::LoadU(d, from + j), hn::LoadU(d, to + j)), d,
               to + j);
  }
}

void InputGradient(const ConvPool2dGeometry& g, const float* output_gradient,
                   const uint8_t* argmax, const float* weights,
                   float* image_gradient) {
  const int64_t run_length = g.kernel_size * g.channel_stride;
  for (int64_t y = 0; y < g.output_height; ++y) {
    for (int64_t x = 0; x < g.output_width; ++x) {
      const float* gradient =
          output_gradient + y * g.output_row_stride + x * g.output_channels;
      for (int64_t o = 0; o < g.output_channels; ++o) {
        const int place = argmax[o];
        if (place == kDead || gradient[o] == 0) continue;
        float* to = image_gradient + (2 * y + place / 2) * g.row_stride() +
                    (2 * x + place % 2) * g.channel_stride;
        const float* from = weights + o * g.kernel_elements();
        for (int64_t ky = 0; ky < g.kernel_size; ++ky) {
          AddScaled(run_length, gradient[o], from + ky * run_length,
                    to + ky * g.row_stride());
        }
      }
      argmax += g.output_channels;
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(Forward);
HWY_EXPORT(BiasGradient);
HWY_EXPORT(WeightGradientOfChannel);
HWY_EXPORT(WeightGradientFewChannels);
HWY_EXPORT(InputGradient);

void ConvPool2dForward(const ConvPool2dGeometry& geometry, bool relu,
                       const float* image, const float* weights,
                       const float* bias, float* output, uint8_t* argmax) {
  HWY_DYNAMIC_DISPATCH(Forward)
  (geometry, relu, image, weights, bias, output, argmax);
}

void ConvPool2dBiasGradient(const ConvPool2dGeometry& geometry,
                            const float* output_gradient, const uint8_t* argmax,
                            float* bias_gradient) {
  HWY_DYNAMIC_DISPATCH(BiasGradient)
  (geometry, output_gradient, argmax, bias_gradient);
}

void ConvPool2dWeightGradient(const ConvPool2dGeometry& g, int64_t num_images,
                              int64_t image_size, const float* images,
                              int64_t output_size,
                              const float* output_gradients,
                              const uint8_t* argmax, ConvPool2dEntry* entries,
                              float* weight_gradient) {
  const auto dispatch = HWY_DYNAMIC_DISPATCH(WeightGradientOfChannel);
  for (int64_t o = 0; o < g.output_channels; ++o) {
    int64_t count = 0;
    const uint8_t* place = argmax + o;
    for (int64_t n = 0; n < num_images; ++n) {
      for (int64_t y = 0; y < g.output_height; ++y) {
        for (int64_t x = 0; x < g.output_width; ++x) {
          const float gradient =
              output_gradients[n * output_size + y * g.output_row_stride +
                               x * g.output_channels + o];
          const int64_t offset = n * image_size +
                                 (2 * y + *place / 2) * g.row_stride() +
                                 (2 * x + *place % 2) * g.channel_stride;
          entries[count] = {gradient, static_cast<int32_t>(offset)};
          // Always written, seldom kept: no branch to mispredict.
          count += *place != kDead && gradient != 0 ? 1 : 0;
          place += g.output_channels;
        }
      }
    }
    dispatch(g, entries, count, images,
             weight_gradient + o * g.kernel_elements());
  }
}

void ConvPool2dWeightGradientFewChannels(const ConvPool2dGeometry& geometry,
                                         const float* image,
                                         const float* output_gradient,
                                         const uint8_t* argmax,
                                         float* gradients,
                                         float* weight_gradient) {
  HWY_DYNAMIC_DISPATCH(WeightGradientFewChannels)
  (geometry, image, output_gradient, argmax, gradients, weight_gradient);
}

void ConvPool2dInputGradient(const ConvPool2dGeometry& geometry,
                             const float* output_gradient,
                             const uint8_t* argmax, const float* weights,
                             float* image_gradient) {
  HWY_DYNAMIC_DISPATCH(InputGradient)
  (geometry, output_gradient, argmax, weights, image_gradient);
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
