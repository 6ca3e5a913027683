#ifndef MINIDL_TENSOR_REFERENCE_SUM_TESTUTIL_H_
#define MINIDL_TENSOR_REFERENCE_SUM_TESTUTIL_H_

#include <cmath>
#include <cstdint>
#include <limits>
#include <ostream>
#include <type_traits>

#include "gmock/gmock.h"

namespace minidl {

// A sum computed in double by the definition, and from its terms how far one
// computed in T may be from it.
class ReferenceSum {
 public:
  void Add(double term) {
    value_ += term;
    magnitude_ += std::abs(term);
    ++num_terms_;
  }

  double value() const { return value_; }

  // The bound on the error of a sum of n rounded products in any order (Higham,
  // Accuracy and Stability of Numerical Algorithms, 3.1), n u times the sum of
  // the terms' absolute values, u being half the distance from 1 to the next T.
  // Doubled, for the second order and for this sum's own error.
  template <typename T>
  double Tolerance() const {
    constexpr double kUnitRoundoff = std::numeric_limits<T>::epsilon() / 2;
    return 2 * static_cast<double>(num_terms_) * kUnitRoundoff * magnitude_;
  }

  friend std::ostream& operator<<(std::ostream& stream,
                                  const ReferenceSum& sum) {
    return stream << sum.value_ << " (" << sum.num_terms_
                  << " terms of magnitude " << sum.magnitude_ << ")";
  }

 private:
  double value_ = 0;
  double magnitude_ = 0;
  int64_t num_terms_ = 0;
};

// Matches a pair of a number and a ReferenceSum that it is near to, within the
// tolerance for the number's type; NaN is near to nothing.
//
//   EXPECT_THAT(output.values(), Pointwise(IsNearSum(), sums));
MATCHER(IsNearSum, "") {
  const auto& [value, sum] = arg;
  const double tolerance =
      sum.template Tolerance<std::decay_t<decltype(value)>>();
  const double error = std::abs(static_cast<double>(value) - sum.value());
  *result_listener << "whose error is " << error << " where " << tolerance
                   << " is tolerated";
  return error <= tolerance;
}

}  // namespace minidl

#endif  // MINIDL_TENSOR_REFERENCE_SUM_TESTUTIL_H_
