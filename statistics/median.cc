#include "statistics/median.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/check.h"

namespace minidl {

double Median(std::vector<double> values) {
  MINIDL_CHECK(!values.empty(), "no values");
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const double below = *std::max_element(values.begin(), middle);
  return below + (*middle - below) / 2;
}

}  // namespace minidl
