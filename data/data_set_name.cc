#include "data/data_set_name.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/check_field.h"

namespace minidl {

absl::StatusOr<std::string> DataSetName(absl::string_view name) {
  if (name.empty()) return kMnist;
  for (const char* known : {kMnist, kFashionMnist}) {
    if (name == known) return known;
  }
  return FieldError("data_set", name,
                    absl::StrCat(kMnist, " or ", kFashionMnist));
}

}  // namespace minidl
