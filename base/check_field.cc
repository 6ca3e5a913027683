#include "base/check_field.h"

#include <cmath>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace minidl {

absl::Status FieldError(absl::string_view field, const absl::AlphaNum& value,
                        absl::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrCat(field, " is ", value, "; expected ", expected));
}

absl::Status CheckCount(absl::string_view field, int64_t value) {
  constexpr int64_t kMaxCount = 1'000'000;
  if (value < 1) return FieldError(field, value, "at least 1");
  if (value > kMaxCount) {
    return FieldError(field, value, absl::StrCat("at most ", kMaxCount));
  }
  return absl::OkStatus();
}

absl::Status CheckPositive(absl::string_view field, double value) {
  if (value > 0 && std::isfinite(value)) return absl::OkStatus();
  return FieldError(field, value, "a positive number");
}

absl::Status CheckNotNegative(absl::string_view field, double value) {
  if (value >= 0 && std::isfinite(value)) return absl::OkStatus();
  return FieldError(field, value, "0 or a positive number");
}

absl::Status CheckFraction(absl::string_view field, double value) {
  if (0 <= value && value < 1) return absl::OkStatus();
  return FieldError(field, value, "at least 0 and less than 1");
}

}  // namespace minidl
