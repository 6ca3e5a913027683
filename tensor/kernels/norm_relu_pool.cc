#include "tensor/kernels/norm_relu_pool.h"

#include <cstdint>

#include "tensor/kernels/channel_group.h"
#include "tensor/kernels/image_layout.h"

// See matmul.cc about this.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/kernels/norm_relu_pool.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tensor/kernels/part-inl.h"
// clang-format on

// A vector of channels at a time, for which the numbers of each channel stay in
// registers while the pixels go by. The image has just been convolved, or is
// about to be, and is in the second-level cache.

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kChannelGroup>;
// Sums are in double. DPart's vectors have as many lanes, of float.
using DSum = hn::CappedTag<double, kChannelGroup>;
using VSum = hn::Vec<DSum>;
using DPart = hn::Rebind<float, DSum>;

// Enough vectors of sums that they need not wait for one another.
constexpr int kSumVectors = static_cast<int>(kChannelGroup / kLanesOf<DSum>);

// ChannelMap for a vector of channels.
template <class D>
struct Map {
  using V = hn::Vec<D>;
  HWY_INLINE Map() = default;
  HWY_INLINE Map(const ChannelMap& map, int64_t channel)
      : center(hn::LoadU(D(), map.center + channel)),
        scale(hn::LoadU(D(), map.scale + channel)),
        shift(hn::LoadU(D(), map.shift + channel)) {}
  HWY_INLINE V operator()(V x) const {
    return hn::MulAdd(hn::Sub(x, center), scale, shift);
  }
  V center;
  V scale;
  V shift;
};

template <class V>
HWY_INLINE V Relu(V x) {
  return hn::IfThenZeroElse(hn::Le(x, hn::Zero(hn::DFromV<V>())), x);
}

// Of `gradient`, what passes ReLU of y.
template <class V>
HWY_INLINE V ReluGradient(V y, V gradient) {
  return hn::IfThenZeroElse(hn::Le(y, hn::Zero(hn::DFromV<V>())), gradient);
}

// A window of 2×2 pixels, after normalisation. The largest wins, the first of
// equal ones, and the last NaN before all, as in max_pool2d.
template <class D>
struct Window {
  using V = hn::Vec<D>;
  using M = hn::Mask<D>;
  // `corner` is the first pixel.
  HWY_INLINE Window(const Map<D>& map, const float* corner, int64_t row_size,
                    int64_t stride)
      : x{hn::LoadU(D(), corner), hn::LoadU(D(), corner + stride),
          hn::LoadU(D(), corner + row_size),
          hn::LoadU(D(), corner + row_size + stride)},
        largest(map(x[0])) {
    for (int i = 1; i < 4; ++i) {
      const V y = map(x[i]);
      better[i - 1] = hn::Or(hn::Gt(y, largest), hn::IsNaN(y));
      largest = hn::IfThenElse(better[i - 1], y, largest);
    }
  }
  HWY_INLINE V Winner() const {
    V winner = x[0];
    for (int i = 1; i < 4; ++i) {
      winner = hn::IfThenElse(better[i - 1], x[i], winner);
    }
    return winner;
  }
  // What of the winner's gradient is pixel i's.
  HWY_INLINE V GradientOf(int i, V gradient) const {
    if (i > 0) gradient = hn::IfThenElseZero(better[i - 1], gradient);
    for (int later = i; later < 3; ++later) {
      gradient = hn::IfThenZeroElse(better[later], gradient);
    }
    return gradient;
  }
  V x[4];
  V largest;
  // Whether pixel i + 1 is before all those before it.
  M better[3];
};

void ChannelSums(const ImageLayout& g, const float* image, const double* origin,
                 double* sums, double* squares) {
  const DSum d;
  constexpr int64_t kLanes = kLanesOf<DSum>;
  for (int64_t c = 0; c < g.stride; c += kChannelGroup) {
    VSum from[kSumVectors];
    VSum sum[kSumVectors];
    VSum square[kSumVectors];
    for (int v = 0; v < kSumVectors; ++v) {
      from[v] = hn::LoadU(d, origin + c + v * kLanes);
      sum[v] = hn::LoadU(d, sums + c + v * kLanes);
      square[v] = hn::LoadU(d, squares + c + v * kLanes);
    }
    const float* pixel = image + c;
    for (int64_t i = 0; i < g.num_pixels(); ++i, pixel += g.stride) {
      for (int v = 0; v < kSumVectors; ++v) {
        const VSum x = hn::Sub(
            hn::PromoteTo(d, hn::LoadU(DPart(), pixel + v * kLanes)), from[v]);
        sum[v] = hn::Add(sum[v], x);
        square[v] = hn::MulAdd(x, x, square[v]);
      }
    }
    for (int v = 0; v < kSumVectors; ++v) {
      hn::StoreU(sum[v], d, sums + c + v * kLanes);
      hn::StoreU(square[v], d, squares + c + v * kLanes);
    }
  }
}

void Forward(const NormReluPoolGeometry& g, const ChannelMap& maps,
             const float* image, const ImageLayout& output_layout,
             float* output) {
  const D d;
  const int64_t stride = g.input.stride;
  const int64_t row_size = g.input.row_size();
  output += output_layout.start();
  for (int64_t c = 0; c < stride; c += kLanesOf<D>) {
    const Map<D> map(maps, c);
    for (int64_t y = 0; y < g.height(); ++y) {
      float* to = output + y * output_layout.row_size() + c;
      if (g.pool) {
        const float* from = image + 2 * y * row_size + c;
        for (int64_t x = 0; x < g.width(); ++x) {
          hn::StoreU(Relu(Window<D>(map, from, row_size, stride).largest), d,
                     to);
          from += 2 * stride;
          to += output_layout.stride;
        }
      } else {
        const float* from = image + y * row_size + c;
        for (int64_t x = 0; x < g.width(); ++x) {
          hn::StoreU(Relu(map(hn::LoadU(d, from))), d, to);
          from += stride;
          to += output_layout.stride;
        }
      }
    }
  }
}

template <bool kPool>
void AddGradientSums(const NormReluPoolGeometry& g, const ChannelMap& maps,
                     const float* image, const float* output_gradient,
                     const double* mean, double* sums, double* products) {
  const DSum d;
  const DPart d_part;
  using VPart = hn::Vec<DPart>;
  constexpr int64_t kLanes = kLanesOf<DSum>;
  const int64_t stride = g.input.stride;
  const int64_t row_size = g.input.row_size();
  constexpr int64_t kStep = kPool ? 2 : 1;
  for (int64_t c = 0; c < stride; c += kChannelGroup) {
    Map<DPart> map[kSumVectors];
    VSum means[kSumVectors];
    VSum sum[kSumVectors];
    VSum product[kSumVectors];
    for (int v = 0; v < kSumVectors; ++v) {
      const int64_t channel = c + v * kLanes;
      map[v] = Map<DPart>(maps, channel);
      means[v] = hn::LoadU(d, mean + channel);
      sum[v] = hn::LoadU(d, sums + channel);
      product[v] = hn::LoadU(d, products + channel);
    }
    const float* gradient = output_gradient + c;
    for (int64_t y = 0; y < g.height(); ++y) {
      const float* from = image + kStep * y * row_size + c;
      for (int64_t x = 0; x < g.width(); ++x) {
        for (int v = 0; v < kSumVectors; ++v) {
          VPart input;
          VPart passed = hn::LoadU(d_part, gradient + v * kLanes);
          if constexpr (kPool) {
            const Window<DPart> window(map[v], from + v * kLanes, row_size,
                                       stride);
            input = window.Winner();
            passed = ReluGradient(window.largest, passed);
          } else {
            input = hn::LoadU(d_part, from + v * kLanes);
            passed = ReluGradient(map[v](input), passed);
          }
          const VSum term = hn::PromoteTo(d, passed);
          sum[v] = hn::Add(sum[v], term);
          product[v] = hn::MulAdd(
              term, hn::Sub(hn::PromoteTo(d, input), means[v]), product[v]);
        }
        from += kStep * stride;
        gradient += stride;
      }
    }
    for (int v = 0; v < kSumVectors; ++v) {
      hn::StoreU(sum[v], d, sums + c + v * kLanes);
      hn::StoreU(product[v], d, products + c + v * kLanes);
    }
  }
}

void GradientSums(const NormReluPoolGeometry& g, const ChannelMap& map,
                  const float* image, const float* output_gradient,
                  const double* mean, double* sums, double* products) {
  (g.pool ? AddGradientSums<true>
          : AddGradientSums<false>)(g, map, image, output_gradient, mean, sums,
                                    products);
}

// ChannelGradientMap for a vector of channels, and the ChannelMap's center.
struct GradientMap {
  using V = hn::Vec<D>;
  HWY_INLINE GradientMap(const ChannelGradientMap& map, V center_of_map,
                         int64_t channel)
      : center(center_of_map),
        gradient_scale(hn::LoadU(D(), map.gradient_scale + channel)),
        input_scale(hn::LoadU(D(), map.input_scale + channel)),
        shift(hn::LoadU(D(), map.shift + channel)) {}
  HWY_INLINE V operator()(V x, V gradient) const {
    return hn::MulAdd(gradient, gradient_scale,
                      hn::MulAdd(hn::Sub(x, center), input_scale, shift));
  }
  V center;
  V gradient_scale;
  V input_scale;
  V shift;
};

void Gradient(const NormReluPoolGeometry& g, const ChannelMap& maps,
              const ChannelGradientMap& gradient_maps, const float* image,
              const float* output_gradient, const ImageLayout& layout,
              float* gradient) {
  const D d;
  const int64_t stride = g.input.stride;
  const int64_t row_size = g.input.row_size();
  const int64_t to_row = layout.row_size();
  gradient += layout.start();
  for (int64_t c = 0; c < stride; c += kLanesOf<D>) {
    const Map<D> map(maps, c);
    const GradientMap gradient_map(gradient_maps, map.center, c);
    const float* passed = output_gradient + c;
    if (!g.pool) {
      for (int64_t y = 0; y < g.input.height; ++y) {
        const float* from = image + y * row_size + c;
        float* to = gradient + y * to_row + c;
        for (int64_t x = 0; x < g.input.width; ++x) {
          const auto input = hn::LoadU(d, from);
          const auto of_input = ReluGradient(map(input), hn::LoadU(d, passed));
          hn::StoreU(gradient_map(input, of_input), d, to);
          from += stride;
          to += layout.stride;
          passed += stride;
        }
      }
      continue;
    }
    for (int64_t y = 0; y < g.height(); ++y) {
      const float* from = image + 2 * y * row_size + c;
      float* to = gradient + 2 * y * to_row + c;
      for (int64_t x = 0; x < g.width(); ++x) {
        const Window<D> window(map, from, row_size, stride);
        const auto of_winner =
            ReluGradient(window.largest, hn::LoadU(d, passed));
        for (int i = 0; i < 4; ++i) {
          hn::StoreU(gradient_map(window.x[i], window.GradientOf(i, of_winner)),
                     d, to + i / 2 * to_row + i % 2 * layout.stride);
        }
        from += 2 * stride;
        to += 2 * layout.stride;
        passed += stride;
      }
    }
    // A last row or column that no window covers.
    for (int64_t y = 0; y < g.input.height; ++y) {
      const bool covered = y < 2 * g.height();
      for (int64_t x = covered ? 2 * g.width() : 0; x < g.input.width; ++x) {
        const auto input = hn::LoadU(d, image + y * row_size + x * stride + c);
        hn::StoreU(gradient_map(input, hn::Zero(d)), d,
                   gradient + y * to_row + x * layout.stride + c);
      }
    }
  }
}

void PixelSums(const ImageLayout& g, const float* image, float* sums) {
  const D d;
  image += g.start();
  for (int64_t c = 0; c < g.stride; c += kLanesOf<D>) {
    // Of rows, which wait less for one another, and round less.
    auto sum = hn::Zero(d);
    for (int64_t y = 0; y < g.height; ++y) {
      const float* pixel = image + y * g.row_size() + c;
      auto row_sum = hn::Zero(d);
      for (int64_t x = 0; x < g.width; ++x, pixel += g.stride) {
        row_sum = hn::Add(row_sum, hn::LoadU(d, pixel));
      }
      sum = hn::Add(sum, row_sum);
    }
    hn::StoreU(hn::Add(hn::LoadU(d, sums + c), sum), d, sums + c);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl::kernels {

HWY_EXPORT(ChannelSums);
HWY_EXPORT(Forward);
HWY_EXPORT(GradientSums);
HWY_EXPORT(Gradient);
HWY_EXPORT(PixelSums);

void AddChannelSums(const ImageLayout& image_layout, const float* image,
                    const double* origin, double* sums, double* squares) {
  HWY_DYNAMIC_DISPATCH(ChannelSums)(image_layout, image, origin, sums, squares);
}

void NormReluPool(const NormReluPoolGeometry& geometry, const ChannelMap& map,
                  const float* image, const ImageLayout& output_layout,
                  float* output) {
  HWY_DYNAMIC_DISPATCH(Forward)(geometry, map, image, output_layout, output);
}

void AddNormReluPoolGradientSums(const NormReluPoolGeometry& geometry,
                                 const ChannelMap& map, const float* image,
                                 const float* output_gradient,
                                 const double* mean, double* sums,
                                 double* products) {
  HWY_DYNAMIC_DISPATCH(GradientSums)
  (geometry, map, image, output_gradient, mean, sums, products);
}

void NormReluPoolGradient(const NormReluPoolGeometry& geometry,
                          const ChannelMap& map,
                          const ChannelGradientMap& gradient_map,
                          const float* image, const float* output_gradient,
                          const ImageLayout& gradient_layout, float* gradient) {
  HWY_DYNAMIC_DISPATCH(Gradient)
  (geometry, map, gradient_map, image, output_gradient, gradient_layout,
   gradient);
}

void AddPixels(const ImageLayout& image_layout, const float* image,
               float* sums) {
  HWY_DYNAMIC_DISPATCH(PixelSums)(image_layout, image, sums);
}

}  // namespace minidl::kernels
#endif  // HWY_ONCE
