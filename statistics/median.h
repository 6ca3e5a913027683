#ifndef MINIDL_STATISTICS_MEDIAN_H_
#define MINIDL_STATISTICS_MEDIAN_H_

#include <vector>

namespace minidl {

// The middle one of `values` by size, or the mean of the two in the middle. At
// least one value, all finite.
double Median(std::vector<double> values);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_MEDIAN_H_
