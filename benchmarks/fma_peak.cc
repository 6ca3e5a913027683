#include "benchmarks/fma_peak.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "benchmarks/stopwatch.h"
#include "hwy/targets.h"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "benchmarks/fma_peak.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace minidl {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Sums that do not depend on one another: enough to hide the latency of a
// multiply-add (4 cycles, 2 started in each), few enough for AVX2's 16
// registers.
constexpr int kChains = 12;

// Adds up in `kChains` vectors, `steps` times. Returns the number of
// operations; `result` keeps the compiler from leaving them out.
int64_t MultiplyAdd(int64_t steps, float factor, float term, float& result) {
  const hn::ScalableTag<float> d;
  const auto factors = hn::Set(d, factor);
  const auto terms = hn::Set(d, term);
  hn::Vec<decltype(d)> chains[kChains];
  for (int i = 0; i < kChains; ++i) {
    chains[i] = hn::Set(d, static_cast<float>(i));
  }
  for (int64_t step = 0; step < steps; ++step) {
    for (int i = 0; i < kChains; ++i) {
      chains[i] = hn::MulAdd(chains[i], factors, terms);
    }
  }
  auto sum = chains[0];
  for (int i = 1; i < kChains; ++i) sum = hn::Add(sum, chains[i]);
  result = hn::GetLane(sum);
  return 2 * kChains * static_cast<int64_t>(hn::Lanes(d)) * steps;
}

}  // namespace HWY_NAMESPACE
}  // namespace minidl
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace minidl {
namespace {

HWY_EXPORT(MultiplyAdd);

// Of the instruction sets `targets`, or with 0 of all that the processor has,
// the widest.
FmaPeak MeasureFmaPeak(int64_t targets) {
  hwy::SetSupportedTargetsForTest(targets);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  constexpr int kTries = 20;
  constexpr int64_t kSteps = 200'000;  // About a millisecond.
  float result = 0;
  double best = 0;
  for (int i = 0; i < kTries; ++i) {
    const Stopwatch stopwatch;
    const int64_t operations =
        HWY_DYNAMIC_DISPATCH(MultiplyAdd)(kSteps, 0.999f, 0.001f, result);
    best = std::max(
        best, static_cast<double>(operations) / stopwatch.WallSeconds() * 1e-9);
  }
  // What x = 0.999 x + 0.001 converges to, in each of the chains.
  MINIDL_CHECK(result > 11.9f && result < 12.1f, "MultiplyAdd gave ", result);
  // The bit of the best target is the lowest one.
  const int64_t supported = hwy::SupportedTargets();
  const FmaPeak peak = {hwy::TargetName(supported & -supported), best};
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  return peak;
}

}  // namespace

std::vector<FmaPeak> MeasureFmaPeaks() {
  std::vector<FmaPeak> peaks = {MeasureFmaPeak(0)};
  const int64_t supported = hwy::SupportedTargets();
  if ((supported & HWY_AVX2) != 0 &&
      peaks[0].target != hwy::TargetName(HWY_AVX2)) {
    peaks.push_back(MeasureFmaPeak(HWY_AVX2));
  }
  return peaks;
}

}  // namespace minidl
#endif  // HWY_ONCE
