#ifndef MINIDL_BASE_CHECK_FIELD_H_
#define MINIDL_BASE_CHECK_FIELD_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

// Checks of the fields that users write: InvalidArgument such as
// "training.epochs is 0; expected at least 1", where `field` is
// "training.epochs".
namespace minidl {

absl::Status FieldError(absl::string_view field, const absl::AlphaNum& value,
                        absl::string_view expected);

// From 1 to 1,000,000: beyond that a number is a mistake, and would only show
// after a long time.
absl::Status CheckCount(absl::string_view field, int64_t value);

// Positive and finite.
absl::Status CheckPositive(absl::string_view field, double value);

// At least 0 and finite.
absl::Status CheckNotNegative(absl::string_view field, double value);

// At least 0 and less than 1.
absl::Status CheckFraction(absl::string_view field, double value);

}  // namespace minidl

#endif  // MINIDL_BASE_CHECK_FIELD_H_
