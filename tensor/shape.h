#ifndef MINIDL_TENSOR_SHAPE_H_
#define MINIDL_TENSOR_SHAPE_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "base/check.h"

namespace minidl {

// The sizes of a tensor's dimensions, outermost first: N×C×H×W for images, N×F
// for features. Any rank; rank 0 is a scalar's, of one element. Sizes are not
// negative.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<int64_t> sizes);
  explicit Shape(absl::Span<const int64_t> sizes);

  int rank() const { return static_cast<int>(sizes_.size()); }

  // Size of dimension `i`, 0 <= i < rank().
  int64_t operator[](int i) const {
    MINIDL_CHECK(0 <= i && i < rank(), "Shape: ", ToString(),
                 " has no dimension ", i);
    return sizes_[static_cast<size_t>(i)];
  }

  absl::Span<const int64_t> sizes() const { return sizes_; }

  // Product of all sizes.
  int64_t num_elements() const;

  // "[2, 14, 14]".
  std::string ToString() const;

  // This shape after a new outermost dimension: [14, 14] -> [size, 14, 14].
  Shape WithOuter(int64_t size) const;

  // This shape, which is not a scalar's, without its outermost dimension.
  Shape WithoutOuter() const;

  friend bool operator==(const Shape& a, const Shape& b) {
    return a.sizes_ == b.sizes_;
  }
  friend bool operator!=(const Shape& a, const Shape& b) { return !(a == b); }
  friend std::ostream& operator<<(std::ostream& stream, const Shape& shape) {
    return stream << shape.ToString();
  }

 private:
  absl::InlinedVector<int64_t, 4> sizes_;
};

}  // namespace minidl

#endif  // MINIDL_TENSOR_SHAPE_H_
