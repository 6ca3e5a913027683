#ifndef MINIDL_TENSOR_SHAPE_H_
#define MINIDL_TENSOR_SHAPE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>

#include "absl/types/span.h"
#include "base/check.h"

namespace minidl {

// The sizes of a tensor's dimensions, outermost first: N×C×H×W for images, N×F
// for features. Rank 0 is a scalar's, of one element. Sizes are not negative.
//
// A training step of a small network compares dozens of shapes, so that is
// inline and nothing is allocated.
class Shape {
 public:
  // The largest rank.
  static constexpr int kMaxRank = 8;

  Shape() = default;
  Shape(std::initializer_list<int64_t> sizes)
      : Shape(absl::MakeConstSpan(sizes.begin(), sizes.size())) {}
  explicit Shape(absl::Span<const int64_t> sizes) {
    MINIDL_CHECK(sizes.size() <= kMaxRank, "Shape: ", sizes.size(),
                 " dimensions; at most ", kMaxRank);
    for (const int64_t size : sizes) Append(size);
    CheckSizes();
  }

  int rank() const { return rank_; }

  // Size of dimension `i`, 0 <= i < rank().
  int64_t operator[](int i) const {
    MINIDL_CHECK(0 <= i && i < rank(), "Shape: ", ToString(),
                 " has no dimension ", i);
    return sizes_[static_cast<size_t>(i)];
  }

  absl::Span<const int64_t> sizes() const {
    return absl::MakeConstSpan(sizes_.data(), static_cast<size_t>(rank_));
  }

  // Product of all sizes.
  int64_t num_elements() const {
    int64_t product = 1;
    for (const int64_t size : sizes()) product *= size;
    return product;
  }

  // "[2, 14, 14]".
  std::string ToString() const;

  // This shape after a new outermost dimension: [14, 14] -> [size, 14, 14].
  Shape WithOuter(int64_t size) const {
    MINIDL_CHECK(rank_ < kMaxRank, "Shape: ", ToString(),
                 " has no room for another dimension");
    Shape result;
    result.Append(size);
    for (const int64_t inner : sizes()) result.Append(inner);
    result.CheckSizes();
    return result;
  }

  // This shape, which is not a scalar's, without its outermost dimension.
  Shape WithoutOuter() const {
    MINIDL_CHECK(rank_ > 0, "Shape: a scalar has no outer dimension");
    Shape result;
    for (const int64_t inner : sizes().subspan(1)) result.Append(inner);
    return result;
  }

  // This shape, which is not a scalar's, with another outermost size.
  Shape ReplaceOuter(int64_t size) const {
    MINIDL_CHECK(rank_ > 0, "Shape: a scalar has no outer dimension");
    Shape result = *this;
    result.sizes_[0] = size;
    result.CheckSizes();
    return result;
  }

  // Whether this is Shape({sizes...}), without making one.
  template <typename... Sizes>
  bool Is(Sizes... sizes) const {
    size_t i = 0;
    return rank_ == static_cast<int>(sizeof...(sizes)) &&
           ((sizes_[i++] == sizes) && ...);
  }

  friend bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    // Not std::equal, which calls memcmp for a few numbers.
    for (size_t i = 0; i < static_cast<size_t>(a.rank_); ++i) {
      if (a.sizes_[i] != b.sizes_[i]) return false;
    }
    return true;
  }
  friend bool operator!=(const Shape& a, const Shape& b) { return !(a == b); }
  friend std::ostream& operator<<(std::ostream& stream, const Shape& shape) {
    return stream << shape.ToString();
  }

 private:
  void Append(int64_t size) { sizes_[static_cast<size_t>(rank_++)] = size; }

  void CheckSizes() const {
    int64_t all = 0;
    for (const int64_t size : sizes()) all |= size;
    MINIDL_CHECK(all >= 0, "Shape: ", ToString(), " has a negative size");
  }

  int rank_ = 0;
  std::array<int64_t, kMaxRank> sizes_ = {};
};

}  // namespace minidl

#endif  // MINIDL_TENSOR_SHAPE_H_
