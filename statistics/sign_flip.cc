#include "statistics/sign_flip.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <random>
#include <vector>

#include "absl/types/span.h"
#include "base/check.h"
#include "proto/statistics.pb.h"

namespace minidl {
namespace {

// The sums of `values` under all 2^n assignments of signs, in ascending order.
// Each value doubles the sums to two ascending halves.
std::vector<double> SignedSums(absl::Span<const double> values) {
  std::vector<double> sums = {0};
  for (const double value : values) {
    const double size = std::abs(value);
    std::vector<double> lowered(sums.size());
    std::vector<double> raised(sums.size());
    for (size_t i = 0; i < sums.size(); ++i) {
      lowered[i] = sums[i] - size;
      raised[i] = sums[i] + size;
    }
    sums.clear();
    sums.reserve(2 * raised.size());
    std::merge(lowered.begin(), lowered.end(), raised.begin(), raised.end(),
               std::back_inserter(sums));
  }
  return sums;
}

// How many of all assignments of signs to `values` have a sum of at least
// `threshold`. The sums of both halves of the values are paired (Horowitz and
// Sahni, 1974), which takes 2^(n/2) steps instead of 2^n.
uint64_t CountSumsOfAtLeast(absl::Span<const double> values, double threshold) {
  const size_t half = values.size() / 2;
  const std::vector<double> left = SignedSums(values.subspan(0, half));
  const std::vector<double> right = SignedSums(values.subspan(half));
  uint64_t count = 0;
  // The larger the sum of the left half, the more of the right one will do.
  size_t first = right.size();
  for (const double sum : left) {
    while (first > 0 && sum + right[first - 1] >= threshold) --first;
    count += right.size() - first;
  }
  return count;
}

// How many of `draws` random assignments of signs have a sum of at least
// `threshold` or of at most its opposite.
int CountDrawsBeyond(absl::Span<const double> values, double threshold,
                     int draws) {
  std::mt19937_64 generator(kSignFlipSeed);
  int count = 0;
  for (int draw = 0; draw < draws; ++draw) {
    double sum = 0;
    uint64_t signs = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      if (i % 64 == 0) signs = generator();
      sum += (signs & 1) != 0 ? values[i] : -values[i];
      signs >>= 1;
    }
    if (std::abs(sum) >= threshold) ++count;
  }
  return count;
}

}  // namespace

proto::SignFlipTest ComputeSignFlipTest(absl::Span<const double> differences) {
  MINIDL_CHECK(!differences.empty(), "no differences");
  // A zero has no sign to flip.
  std::vector<double> values;
  double sum = 0;
  double sum_of_sizes = 0;
  for (const double difference : differences) {
    MINIDL_CHECK(std::isfinite(difference), "a difference of ", difference);
    if (difference != 0) values.push_back(difference);
    sum += difference;
    sum_of_sizes += std::abs(difference);
  }
  const int n = static_cast<int>(values.size());
  // Equal sums may be rounded differently: at each of n additions by half a
  // unit in the last place of what is at most `sum_of_sizes`, on either side.
  const double rounding =
      n * std::numeric_limits<double>::epsilon() * sum_of_sizes;
  const double threshold = std::abs(sum) - rounding;

  proto::SignFlipTest test;
  test.set_smallest_p(n == 0 ? 1 : std::ldexp(1.0, 1 - n));
  if (n <= kMaxEnumeratedDifferences) {
    test.set_method(proto::SignFlipTest::ENUMERATED);
    // The sums are symmetric, and zero is both below and above itself.
    test.set_p(threshold <= 0
                   ? 1
                   : std::ldexp(static_cast<double>(
                                    CountSumsOfAtLeast(values, threshold)),
                                1 - n));
    return test;
  }
  test.set_method(proto::SignFlipTest::MONTE_CARLO);
  test.set_draws(kSignFlipDraws);
  test.set_p((1.0 + CountDrawsBeyond(values, threshold, kSignFlipDraws)) /
             (1.0 + kSignFlipDraws));
  test.set_smallest_p(
      std::max(test.smallest_p(), 1.0 / (1.0 + kSignFlipDraws)));
  return test;
}

}  // namespace minidl
