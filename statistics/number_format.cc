#include "statistics/number_format.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace minidl {
namespace {

// Unlike printf's family, std::to_chars knows no locale.
template <typename... Arguments>
std::string ToChars(double value, Arguments... arguments) {
  // The longest fixed number, 1e308 with as many decimals as anybody wants.
  char buffer[400];
  const std::to_chars_result result =
      std::to_chars(buffer, buffer + sizeof(buffer), value, arguments...);
  MINIDL_CHECK(result.ec == std::errc(), value);
  return std::string(buffer, result.ptr);
}

}  // namespace

std::string FormatFixed(std::optional<double> value, int decimals) {
  if (!value.has_value()) return kNotAvailable;
  return ToChars(*value, std::chars_format::fixed, decimals);
}

std::string FormatSigned(std::optional<double> value, int decimals) {
  const bool is_positive = value.has_value() && *value > 0;
  return absl::StrCat(is_positive ? "+" : "", FormatFixed(value, decimals));
}

std::string FormatProbability(std::optional<double> p) {
  constexpr double kSmallest = 0.0001;
  constexpr int kDigits = 3;
  if (!p.has_value()) return kNotAvailable;
  // Without exponent down to kSmallest, and without trailing zeros.
  return absl::StrCat(
      *p < kSmallest ? "<" : "",
      ToChars(std::max(*p, kSmallest), std::chars_format::general, kDigits));
}

std::string FormatCount(int64_t count) {
  std::string digits = std::to_string(count);
  const int first_digit = count < 0 ? 1 : 0;
  for (int i = static_cast<int>(digits.size()) - 3; i > first_digit; i -= 3) {
    digits.insert(static_cast<size_t>(i), 1, ',');
  }
  return digits;
}

std::string FormatExact(double value) { return ToChars(value); }

}  // namespace minidl
