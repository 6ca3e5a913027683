#include "tensor/kernels/batch_norm.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

// See matmul.cc about this.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/batch_norm.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tensor/kernels/part-inl.h"
#include "tensor/kernels/sum-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
// Sums are in double. DPart's vectors have as many lanes, of float.
using DSum = hn::CappedTag<double, 16>;
using VSum = hn::Vec<DSum>;
using DPart = hn::Rebind<float, DSum>;

HWY_INLINE VSum LoadPromoted(const float* from, int64_t count) {
  return hn::PromoteTo(DSum(), LoadPart(DPart(), from, count));
}

// Running sums, in memory and in vectors.
HWY_INLINE void LoadSums(const double* from, VSum (&sums)[kSumVectors<DSum>]) {
  for (int v = 0; v < kSumVectors<DSum>; ++v) {
    sums[v] = hn::Load(DSum(), from + v * kLanesOf<DSum>);
  }
}
HWY_INLINE void StoreSums(const VSum (&sums)[kSumVectors<DSum>], double* to) {
  for (int v = 0; v < kSumVectors<DSum>; ++v) {
    hn::Store(sums[v], DSum(), to + v * kLanesOf<DSum>);
  }
}

// For each channel, from its number in `center`, two sums: to both, add(center,
// at, count, first, second) adds the terms for the `count` values from input
// and gradient element `at` on.
//
// Of channels of many values, example after example is read from its beginning
// to its end, which caches expect: 16 running sums for each channel, of every
// sixteenth value of an example, wait in memory for the next one. Channels of
// one value are lanes, and the examples go by.
template <class Add>
HWY_INLINE void SumChannels(const Channels& g, const double* center,
                            const Add& add, double* first, double* second) {
  const DSum d;
  if (g.length == 1) {
    ForEachVector(d, g.channels, [&](int64_t c, int64_t count) HWY_ATTR {
      const VSum centers = LoadPart(d, center + c, count);
      VSum sums[2] = {hn::Zero(d), hn::Zero(d)};
      for (int64_t n = 0; n < g.examples; ++n) {
        add(centers, n * g.stride + c, count, sums[0], sums[1]);
      }
      StorePart(sums[0], d, first + c, count);
      StorePart(sums[1], d, second + c, count);
    });
    return;
  }
  constexpr int64_t kMaxChannels = 16;
  for (int64_t start = 0; start < g.channels; start += kMaxChannels) {
    const int64_t channels = HWY_MIN(kMaxChannels, g.channels - start);
    HWY_ALIGN double running[kMaxChannels][2][kRunningSums] = {};
    for (int64_t n = 0; n < g.examples; ++n) {
      for (int64_t c = 0; c < channels; ++c) {
        const VSum centers = hn::Set(d, center[start + c]);
        VSum sums[2][kSumVectors<DSum>];
        LoadSums(running[c][0], sums[0]);
        LoadSums(running[c][1], sums[1]);
        const int64_t at = n * g.stride + (start + c) * g.length;
        ForEachTerms(d, g.length,
                     [&](int v, int64_t i, int64_t count) HWY_ATTR {
                       add(centers, at + i, count, sums[0][v], sums[1][v]);
                     });
        StoreSums(sums[0], running[c][0]);
        StoreSums(sums[1], running[c][1]);
      }
    }
    for (int64_t c = 0; c < channels; ++c) {
      VSum sums[2][kSumVectors<DSum>];
      LoadSums(running[c][0], sums[0]);
      LoadSums(running[c][1], sums[1]);
      first[start + c] = FoldSums(d, sums[0]);
      second[start + c] = FoldSums(d, sums[1]);
    }
  }
}

// One pass, see MomentsFromSums.
void ChannelMoments(const Channels& g, const float* input, double* mean,
                    double* variance) {
  for (int64_t c = 0; c < g.channels; ++c) {
    mean[c] = double{input[c * g.length]};
  }
  SumChannels(
      g, mean,
      [=](VSum k, int64_t at, int64_t count, VSum& sum, VSum& squares)
          HWY_ATTR {
            const DSum d;
            VSum x = hn::Sub(LoadPromoted(input + at, count), k);
            if (count < kLanesOf<DSum>) {
              const auto lanes = static_cast<size_t>(HWY_MAX(count, 0));
              x = hn::IfThenElseZero(hn::FirstN(d, lanes), x);
            }
            sum = hn::Add(sum, x);
            squares = hn::MulAdd(x, x, squares);
          },
      mean, variance);
  const auto size = static_cast<double>(g.size());
  for (int64_t c = 0; c < g.channels; ++c) {
    const Moments moments = MomentsFromSums(size, double{input[c * g.length]},
                                            mean[c], variance[c]);
    mean[c] = moments.mean;
    variance[c] = moments.variance;
  }
}

void ChannelGradientSums(const Channels& g, const float* input,
                         const double* mean, const float* gradient, double* sum,
                         double* product_sum) {
  SumChannels(
      g, mean,
      [=](VSum center, int64_t at, int64_t count, VSum& gradients,
          VSum& products) HWY_ATTR {
        const VSum x = hn::Sub(LoadPromoted(input + at, count), center);
        const VSum y = LoadPromoted(gradient + at, count);
        gradients = hn::Add(gradients, y);
        products = hn::MulAdd(x, y, products);
      },
      sum, product_sum);
}

// The elements of output, one vector after the other: make(of_channel) gives a
// function of a place and a number of elements from there on, which has taken
// of_channel(p) for the channel's element of every array p that it needs.
template <class Make>
HWY_INLINE void FillChannels(const Channels& g, const Make& make,
                             float* output) {
  const D d;
  if (g.length == 1) {
    ForEachVector(d, g.channels, [&](int64_t c, int64_t count) HWY_ATTR {
      const auto function = make([=](const float* of_channels) HWY_ATTR {
        return LoadPart(d, of_channels + c, count);
      });
      for (int64_t n = 0; n < g.examples; ++n) {
        const int64_t at = n * g.stride + c;
        StorePart(function(at, count), d, output + at, count);
      }
    });
    return;
  }
  for (int64_t n = 0; n < g.examples; ++n) {
    for (int64_t c = 0; c < g.channels; ++c) {
      const auto function = make([=](const float* of_channels) HWY_ATTR {
        return hn::Set(d, of_channels[c]);
      });
      const int64_t start = n * g.stride + c * g.length;
      ForEachVector(d, g.length, [&](int64_t i, int64_t count) HWY_ATTR {
        StorePart(function(start + i, count), d, output + start + i, count);
      });
    }
  }
}

void MapChannels(const Channels& g, const float* input, const float* center,
                 const float* scale, const float* shift, float* output) {
  FillChannels(
      g,
      [=](const auto& of_channel) HWY_ATTR {
        const V centers = of_channel(center);
        const V scales = of_channel(scale);
        const V shifts = of_channel(shift);
        return [=](int64_t at, int64_t count) HWY_ATTR {
          const V x = hn::Sub(LoadPart(D(), input + at, count), centers);
          return hn::MulAdd(x, scales, shifts);
        };
      },
      output);
}

void MapChannelGradients(const Channels& g, const float* input,
                         const float* center, const float* gradient,
                         const float* gradient_scale, const float* input_scale,
                         const float* shift, float* input_gradient) {
  FillChannels(
      g,
      [=](const auto& of_channel) HWY_ATTR {
        const V centers = of_channel(center);
        const V gradient_scales = of_channel(gradient_scale);
        const V input_scales = of_channel(input_scale);
        const V shifts = of_channel(shift);
        return [=](int64_t at, int64_t count) HWY_ATTR {
          const V x = hn::Sub(LoadPart(D(), input + at, count), centers);
          const V y = LoadPart(D(), gradient + at, count);
          return hn::MulAdd(y, gradient_scales,
                            hn::MulAdd(x, input_scales, shifts));
        };
      },
      input_gradient);
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(ChannelMoments);
HWY_EXPORT(ChannelGradientSums);
HWY_EXPORT(MapChannels);
HWY_EXPORT(MapChannelGradients);

void ChannelMoments(const Channels& channels, const float* input, double* mean,
                    double* variance) {
  HWY_DYNAMIC_DISPATCH(ChannelMoments)(channels, input, mean, variance);
}

void ChannelGradientSums(const Channels& channels, const float* input,
                         const double* mean, const float* gradient, double* sum,
                         double* product_sum) {
  HWY_DYNAMIC_DISPATCH(ChannelGradientSums)
  (channels, input, mean, gradient, sum, product_sum);
}

void MapChannels(const Channels& channels, const float* input,
                 const float* center, const float* scale, const float* shift,
                 float* output) {
  HWY_DYNAMIC_DISPATCH(MapChannels)
  (channels, input, center, scale, shift, output);
}

void MapChannelGradients(const Channels& channels, const float* input,
                         const float* center, const float* gradient,
                         const float* gradient_scale, const float* input_scale,
                         const float* shift, float* input_gradient) {
  HWY_DYNAMIC_DISPATCH(MapChannelGradients)
  (channels, input, center, gradient, gradient_scale, input_scale, shift,
   input_gradient);
}

namespace {

// Calls body(c, at) for every value: for its channel and its place.
template <class Body>
void ForEachValue(const Channels& g, const Body& body) {
  for (int64_t n = 0; n < g.examples; ++n) {
    for (int64_t c = 0; c < g.channels; ++c) {
      for (int64_t i = 0; i < g.length; ++i) {
        body(c, n * g.stride + c * g.length + i);
      }
    }
  }
}

}  // namespace

void ChannelMoments(const Channels& channels, const double* input, double* mean,
                    double* variance) {
  const auto size = static_cast<double>(channels.size());
  std::fill_n(mean, channels.channels, 0);
  std::fill_n(variance, channels.channels, 0);
  ForEachValue(channels,
               [=](int64_t c, int64_t at) { mean[c] += input[at] / size; });
  ForEachValue(channels, [=](int64_t c, int64_t at) {
    const double deviation = input[at] - mean[c];
    variance[c] += deviation * deviation / size;
  });
}

void ChannelGradientSums(const Channels& channels, const double* input,
                         const double* mean, const double* gradient,
                         double* sum, double* product_sum) {
  std::fill_n(sum, channels.channels, 0);
  std::fill_n(product_sum, channels.channels, 0);
  ForEachValue(channels, [=](int64_t c, int64_t at) {
    sum[c] += gradient[at];
    product_sum[c] += gradient[at] * (input[at] - mean[c]);
  });
}

void MapChannels(const Channels& channels, const double* input,
                 const double* center, const double* scale, const double* shift,
                 double* output) {
  ForEachValue(channels, [=](int64_t c, int64_t at) {
    output[at] = scale[c] * (input[at] - center[c]) + shift[c];
  });
}

void MapChannelGradients(const Channels& channels, const double* input,
                         const double* center, const double* gradient,
                         const double* gradient_scale,
                         const double* input_scale, const double* shift,
                         double* input_gradient) {
  ForEachValue(channels, [=](int64_t c, int64_t at) {
    input_gradient[at] = gradient_scale[c] * gradient[at] +
                         input_scale[c] * (input[at] - center[c]) + shift[c];
  });
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
