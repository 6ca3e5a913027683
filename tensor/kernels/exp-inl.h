// For kernels, which include it once for every instruction set; see matmul.cc.
// Exponentials, in fewer operations than hwy/contrib/math, whose Exp makes 0 of
// a NaN, and its logarithm, which does not keep one either.

#if defined(MINIDL_TENSOR_KERNELS_EXP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MINIDL_TENSOR_KERNELS_EXP_INL_H_
#undef MINIDL_TENSOR_KERNELS_EXP_INL_H_
#else
#define MINIDL_TENSOR_KERNELS_EXP_INL_H_
#endif

#include <cstdint>

#include "hwy/contrib/math/math-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace minidl::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// e^x = scale + scale expm1.
template <class V>
struct ExpParts {
  V scale;  // A power of 2.
  V expm1;
};

// For -87 <= x <= 88, or NaN, which becomes expm1. x = q ln 2 + r for the
// nearest integer q, so that scale is 2^q, and expm1 is e^r - 1 for |r| <=
// ln(2) / 2: r + r² p(r), p being the polynomial of degree 4 whose largest
// error relative to r, 2^-26, is the smallest (found by Lawson's iteration).
// q ln 2 is subtracted in two parts, the first of so few bits that its product
// with q is exact (Cody and Waite, Software Manual for the Elementary
// Functions, 1980).
template <class D, class V = hn::Vec<D>>
HWY_INLINE ExpParts<V> SplitExp(D d, V x) {
  const hn::RebindToSigned<D> d_int;
  const auto q = hn::NearestInt(hn::Mul(x, hn::Set(d, 0x1.715476p+0f)));
  const V quotient = hn::ConvertTo(d, q);
  V r = hn::NegMulAdd(quotient, hn::Set(d, 0x1.62e4p-1f), x);
  r = hn::NegMulAdd(quotient, hn::Set(d, 0x1.7f7d1cp-20f), r);
  V p = hn::Set(d, 0x1.6d9908p-10f);
  p = hn::MulAdd(p, r, hn::Set(d, 0x1.1227fap-7f));
  p = hn::MulAdd(p, r, hn::Set(d, 0x1.555486p-5f));
  p = hn::MulAdd(p, r, hn::Set(d, 0x1.5554b0p-3f));
  p = hn::MulAdd(p, r, hn::Set(d, 0.5f));
  const auto exponent = hn::Add(q, hn::Set(d_int, 127));
  return {hn::BitCast(d, hn::ShiftLeft<23>(exponent)),
          hn::MulAdd(p, hn::Mul(r, r), r)};
}

// e^x for x <= 0, within a unit in the last place, or 0 where it is no normal
// number.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V ExpOfNegative(D d, V x) {
  const V smallest = hn::Set(d, -87.0f);
  const auto vanishes = hn::Lt(x, smallest);
  const auto [scale, expm1] =
      SplitExp(d, hn::IfThenElse(vanishes, smallest, x));
  return hn::IfThenZeroElse(vanishes, hn::MulAdd(scale, expm1, scale));
}

// ln x for a normal x > 0, or NaN.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V LogOrNaN(D d, V x) {
  return hn::IfThenElse(hn::IsNaN(x), x, hn::Log(d, x));
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl::kernels
HWY_AFTER_NAMESPACE();

#endif  // per target
