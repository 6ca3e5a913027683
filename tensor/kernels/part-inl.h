// For kernels, which include it once for every instruction set; see matmul.cc.
// Vectors that may reach beyond the end of an array.

#if defined(MINIDL_TENSOR_KERNELS_PART_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MINIDL_TENSOR_KERNELS_PART_INL_H_
#undef MINIDL_TENSOR_KERNELS_PART_INL_H_
#else
#define MINIDL_TENSOR_KERNELS_PART_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Lanes of D's vectors.
template <class D>
constexpr int64_t kLanesOf = static_cast<int64_t>(hn::MaxLanes(D()));

// The first `count` lanes at `from`, if that is less than all, and zeros. Reads
// nothing behind them; count may be negative.
template <class D>
HWY_INLINE hn::Vec<D> LoadPart(D d, const hn::TFromD<D>* from, int64_t count) {
  if (count >= kLanesOf<D>) return hn::LoadU(d, from);
  const auto lanes = static_cast<size_t>(HWY_MAX(count, 0));
  // Before AVX2, Highway's masked load reads all lanes.
  if constexpr (HWY_TARGET <= HWY_AVX2) {
    return hn::MaskedLoad(hn::FirstN(d, lanes), d, from);
  } else {
    HWY_ALIGN hn::TFromD<D> buffer[kLanesOf<D>] = {};
    for (size_t i = 0; i < lanes; ++i) buffer[i] = from[i];
    return hn::Load(d, buffer);
  }
}

// The same with the lanes of `rest` instead of zeros.
template <class D>
HWY_INLINE hn::Vec<D> LoadPartOr(hn::Vec<D> rest, D d,
                                 const hn::TFromD<D>* from, int64_t count) {
  if (count >= kLanesOf<D>) return hn::LoadU(d, from);
  const auto lanes = static_cast<size_t>(HWY_MAX(count, 0));
  return hn::IfThenElse(hn::FirstN(d, lanes), LoadPart(d, from, count), rest);
}

// Stores the first `count` lanes, if that is less than all.
template <class D>
HWY_INLINE void StorePart(hn::Vec<D> value, D d, hn::TFromD<D>* to,
                          int64_t count) {
  if (count >= kLanesOf<D>) {
    hn::StoreU(value, d, to);
  } else if (count > 0) {
    hn::BlendedStore(value, hn::FirstN(d, static_cast<size_t>(count)), d, to);
  }
}

// Calls body(i, count) for the vectors of an array of n elements: for the first
// element i of each, and how many lanes it has. Where body loads and stores by
// LoadPart and StorePart, the loop over whole vectors has no trace of them.
template <class D, class Body>
HWY_INLINE void ForEachVector(D /*d*/, int64_t n, const Body& body) {
  int64_t i = 0;
  for (; i + kLanesOf<D> <= n; i += kLanesOf<D>) body(i, kLanesOf<D>);
  if (i < n) body(i, n - i);
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#endif  // per target
