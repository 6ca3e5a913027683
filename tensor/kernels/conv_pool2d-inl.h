// For the kernels of conv_pool2d.h, which include it once for every instruction
// set; see matmul.cc.

#if defined(MINIDL_TENSOR_KERNELS_CONV_POOL2D_INL_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef MINIDL_TENSOR_KERNELS_CONV_POOL2D_INL_H_
#undef MINIDL_TENSOR_KERNELS_CONV_POOL2D_INL_H_
#else
#define MINIDL_TENSOR_KERNELS_CONV_POOL2D_INL_H_
#endif

#include <cstdint>

#include "hwy/highway.h"
#include "tensor/kernels/conv_pool2d.h"

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kChannelGroup>;
using DInt = hn::Rebind<int32_t, D>;
using V = hn::Vec<D>;
using VInt = hn::Vec<DInt>;

// Lanes of a vector, and vectors of a group of channels.
constexpr int64_t kLanes = HWY_MIN(kChannelGroup, HWY_LANES(float));
constexpr int kVectors = static_cast<int>(kChannelGroup / kLanes);
constexpr int kPlaces = 4;

// The gradients of some output channels of a window, and which of them are
// left: neither dead nor 0.
struct LiveGradients {
  V gradient;
  VInt place;
  hn::Mask<D> live;
};
HWY_INLINE LiveGradients LoadLive(const float* HWY_RESTRICT output_gradient,
                                  const uint8_t* HWY_RESTRICT argmax) {
  const D d;
  const DInt d_int;
  const hn::Rebind<uint8_t, D> d_byte;
  const V gradient = hn::LoadU(d, output_gradient);
  const VInt place = hn::PromoteTo(d_int, hn::LoadU(d_byte, argmax));
  const auto live =
      hn::And(hn::Ne(gradient, hn::Zero(d)),
              hn::RebindMask(d, hn::Ne(place, hn::Set(d_int, kDead))));
  return {gradient, place, live};
}

// to[lane] += terms. Gradients are summed up from 0 for each image or few, and
// these sums then added to the others': in one long sum the rounding errors of
// all terms would be as large as those of its last.
HWY_INLINE void AddTo(V terms, float* to) {
  const D d;
  hn::StoreU(hn::Add(hn::LoadU(d, to), terms), d, to);
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#endif  // per target
