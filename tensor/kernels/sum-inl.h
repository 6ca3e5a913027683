// For kernels, which include it once for every instruction set; see matmul.cc.
// Sums in one order, whatever the width of the processor's vectors.

#if defined(MINIDL_TENSOR_KERNELS_SUM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MINIDL_TENSOR_KERNELS_SUM_INL_H_
#undef MINIDL_TENSOR_KERNELS_SUM_INL_H_
#else
#define MINIDL_TENSOR_KERNELS_SUM_INL_H_
#endif

#include <cstdint>

#include "hwy/highway.h"
#include "tensor/kernels/part-inl.h"

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The later half of the lanes added to the earlier one until one is left.
template <class D>
HWY_INLINE hn::TFromD<D> FoldLanes(D /*d*/, hn::Vec<D> lanes) {
#if HWY_TARGET != HWY_SCALAR  // Which has one lane and no halves.
  if constexpr (kLanesOf < D >> 1) {
    const hn::Half<D> half;
    return FoldLanes(
        half, hn::Add(hn::LowerHalf(half, lanes), hn::UpperHalf(half, lanes)));
  }
#endif
  return hn::GetLane(lanes);
}

// The sum of n terms of which term(i, count) gives those from i on: a vector
// whose lanes from `count` on are 0. 16 running sums, of every sixteenth term
// each, are folded in the end. D is hn::CappedTag<float or double, 16>.
template <class D, class Term>
HWY_INLINE hn::TFromD<D> SumTerms(D d, int64_t n, const Term& term) {
  constexpr int64_t kSums = 16;
  constexpr int kVectors = static_cast<int>(kSums / kLanesOf<D>);
  hn::Vec<D> sums[kVectors];
  for (int v = 0; v < kVectors; ++v) sums[v] = hn::Zero(d);
  for (int64_t i = 0; i < n; i += kSums) {
    for (int v = 0; v < kVectors; ++v) {
      const int64_t first = i + v * kLanesOf<D>;
      sums[v] = hn::Add(sums[v], term(first, n - first));
    }
  }
  for (int half = kVectors / 2; half > 0; half /= 2) {
    for (int v = 0; v < half; ++v) sums[v] = hn::Add(sums[v], sums[v + half]);
  }
  return FoldLanes(d, sums[0]);
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#endif  // per target
