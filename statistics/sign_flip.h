#ifndef MINIDL_STATISTICS_SIGN_FLIP_H_
#define MINIDL_STATISTICS_SIGN_FLIP_H_

#include "absl/types/span.h"
#include "proto/statistics.pb.h"

namespace minidl {

// Up to this many differences, zeros not counted, every assignment of signs is
// counted; beyond it, kSignFlipDraws random ones are.
inline constexpr int kMaxEnumeratedDifferences = 40;
inline constexpr int kSignFlipDraws = 99'999;
// Of std::mt19937_64, whose numbers the standard defines.
inline constexpr unsigned kSignFlipSeed = 20'150'101;

// Fisher's randomization test of paired differences: if the two of a pair could
// as well have been the other way round, each sign of the differences is as
// likely as its opposite. p is the share, among all 2^n assignments of signs,
// of those whose sum is as far from zero as that of `differences`, or farther.
// With random assignments it is (1 + such) / (1 + draws), which keeps the
// test's level (Phipson and Smyth, Permutation p-values should never be zero,
// 2010).
//
// Sets method, draws, p and smallest_p; adjustment is the family's business. At
// least one difference, all finite. Differences that are all zero have p = 1.
proto::SignFlipTest ComputeSignFlipTest(absl::Span<const double> differences);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_SIGN_FLIP_H_
