#include "statistics/holm.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "absl/types/span.h"

namespace minidl {

std::vector<double> HolmAdjusted(absl::Span<const double> p_values) {
  std::vector<size_t> by_size(p_values.size());
  std::iota(by_size.begin(), by_size.end(), size_t{0});
  std::sort(by_size.begin(), by_size.end(), [p_values](size_t a, size_t b) {
    return p_values[a] < p_values[b];
  });

  std::vector<double> adjusted(p_values.size());
  double largest = 0;
  for (size_t i = 0; i < by_size.size(); ++i) {
    const double scaled =
        static_cast<double>(by_size.size() - i) * p_values[by_size[i]];
    largest = std::max(largest, std::min(scaled, 1.0));
    adjusted[by_size[i]] = largest;
  }
  return adjusted;
}

}  // namespace minidl
