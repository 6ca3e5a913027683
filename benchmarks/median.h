#ifndef MINIDL_BENCHMARKS_MEDIAN_H_
#define MINIDL_BENCHMARKS_MEDIAN_H_

#include <algorithm>
#include <vector>

#include "base/check.h"

namespace minidl {

// The value in the middle, or the mean of the two there. `values` has one at
// least.
inline double Median(std::vector<double> values) {
  MINIDL_CHECK(!values.empty(), "Median of nothing");
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half]
                                : (values[half - 1] + values[half]) / 2;
}

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_MEDIAN_H_
