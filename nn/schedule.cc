#include "nn/schedule.h"

#include <cmath>
#include <cstdint>

#include "base/check.h"

namespace minidl {
namespace {

constexpr double kPi = 3.141592653589793238462643383279;
constexpr double kWarmUpFraction = 0.3;
constexpr double kInitialDivisor = 25;
constexpr double kFinalDivisor = 1e4;  // Of the initial rate.

// From `start` to `end` along half a cosine, as `fraction` goes from 0 to 1.
double CosineBetween(double start, double end, double fraction) {
  return end + (start - end) / 2 * (1 + std::cos(kPi * fraction));
}

}  // namespace

double OneCycleLearningRate(double peak, int64_t step, int64_t total_steps) {
  MINIDL_CHECK(0 <= step && step < total_steps, "OneCycleLearningRate: step ",
               step, " of ", total_steps);
  const double initial = peak / kInitialDivisor;
  const double final = initial / kFinalDivisor;
  const double top = kWarmUpFraction * static_cast<double>(total_steps) - 1;
  const double last = static_cast<double>(total_steps) - 1;
  const auto position = static_cast<double>(step);
  // Very short schedules have no step before the top.
  if (position <= top) return CosineBetween(initial, peak, position / top);
  return CosineBetween(peak, final, (position - top) / (last - top));
}

double CosineLearningRate(double initial, int64_t step, int64_t total_steps) {
  MINIDL_CHECK(0 <= step && step < total_steps, "CosineLearningRate: step ",
               step, " of ", total_steps);
  return CosineBetween(
      initial, 0, static_cast<double>(step) / static_cast<double>(total_steps));
}

double StepLearningRate(double initial, double factor, int64_t step,
                        int64_t interval) {
  MINIDL_CHECK(0 <= step && 0 < interval, "StepLearningRate: step ", step,
               " in intervals of ", interval);
  return initial * std::pow(factor, static_cast<double>(step / interval));
}

double WarmUpLearningRate(double final, int64_t step, int64_t total_steps) {
  MINIDL_CHECK(0 <= step && step < total_steps, "WarmUpLearningRate: step ",
               step, " of ", total_steps);
  return final * static_cast<double>(step + 1) /
         static_cast<double>(total_steps);
}

}  // namespace minidl
