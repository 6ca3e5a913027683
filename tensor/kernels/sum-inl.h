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

// Sums have 16 running sums, which are so many vectors.
constexpr int64_t kRunningSums = 16;
template <class D>
constexpr int kSumVectors = static_cast<int>(kRunningSums / kLanesOf<D>);

// The 16 running sums added up: the later half to the earlier one until one is
// left. D is hn::CappedTag<float or double, 16>.
template <class D>
HWY_INLINE hn::TFromD<D> FoldSums(D d, hn::Vec<D> (&sums)[kSumVectors<D>]) {
  for (int half = kSumVectors<D> / 2; half > 0; half /= 2) {
    for (int v = 0; v < half; ++v) sums[v] = hn::Add(sums[v], sums[v + half]);
  }
  return FoldLanes(d, sums[0]);
}

// Calls body(v, i, count) for the vectors of n terms: the terms from i on, of
// which there are `count` (from kLanesOf<D> on it means all lanes, and it may
// be negative), belong to vector v of the running sums.
template <class D, class Body>
HWY_INLINE void ForEachTerms(D /*d*/, int64_t n, const Body& body) {
  int64_t i = 0;
  for (; i + kRunningSums <= n; i += kRunningSums) {
    for (int v = 0; v < kSumVectors<D>; ++v) {
      body(v, i + v * kLanesOf<D>, kLanesOf<D>);
    }
  }
  if (i == n) return;
  for (int v = 0; v < kSumVectors<D>; ++v) {
    body(v, i + v * kLanesOf<D>, n - i - v * kLanesOf<D>);
  }
}

// The sum of n terms of which term(i, count) gives those from i on: a vector
// whose lanes from `count` on are 0. 16 running sums, of every sixteenth term
// each, are folded in the end. D is hn::CappedTag<float or double, 16>.
template <class D, class Term>
HWY_INLINE hn::TFromD<D> SumTerms(D d, int64_t n, const Term& term) {
  hn::Vec<D> sums[kSumVectors<D>];
  for (auto& sum : sums) sum = hn::Zero(d);
  ForEachTerms(d, n, [&](int v, int64_t i, int64_t count) HWY_ATTR {
    sums[v] = hn::Add(sums[v], term(i, count));
  });
  return FoldSums(d, sums);
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#endif  // per target
