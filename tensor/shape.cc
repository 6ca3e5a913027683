#include "tensor/shape.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace minidl {

std::string Shape::ToString() const {
  return absl::StrCat("[", absl::StrJoin(sizes(), ", "), "]");
}

}  // namespace minidl
