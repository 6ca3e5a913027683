#include "tensor/shape.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/check.h"

namespace minidl {

Shape::Shape(std::initializer_list<int64_t> sizes)
    : Shape(absl::MakeConstSpan(sizes.begin(), sizes.size())) {}

Shape::Shape(absl::Span<const int64_t> sizes)
    : sizes_(sizes.begin(), sizes.end()) {
  MINIDL_CHECK(std::all_of(sizes.begin(), sizes.end(),
                           [](int64_t size) { return size >= 0; }),
               "Shape: ", ToString(), " has a negative size");
}

int64_t Shape::num_elements() const {
  int64_t product = 1;
  for (const int64_t size : sizes_) product *= size;
  return product;
}

std::string Shape::ToString() const {
  return absl::StrCat("[", absl::StrJoin(sizes_, ", "), "]");
}

Shape Shape::WithOuter(int64_t size) const {
  MINIDL_CHECK(size >= 0, "Shape: negative size ", size);
  Shape result;
  result.sizes_.push_back(size);
  result.sizes_.insert(result.sizes_.end(), sizes_.begin(), sizes_.end());
  return result;
}

Shape Shape::WithoutOuter() const {
  MINIDL_CHECK(rank() > 0, "Shape: a scalar has no outer dimension");
  return Shape(absl::MakeConstSpan(sizes_).subspan(1));
}

}  // namespace minidl
