#include "statistics/number_format.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

#include "absl/strings/str_format.h"
#include "base/check.h"

namespace minidl {

std::string FormatFixed(std::optional<double> value, int decimals) {
  if (!value.has_value()) return kNotAvailable;
  return absl::StrFormat("%.*f", decimals, *value);
}

std::string FormatCount(int64_t count) {
  std::string digits = std::to_string(count);
  const int first_digit = count < 0 ? 1 : 0;
  for (int i = static_cast<int>(digits.size()) - 3; i > first_digit; i -= 3) {
    digits.insert(static_cast<size_t>(i), 1, ',');
  }
  return digits;
}

std::string FormatExact(double value) {
  char buffer[32];  // The longest is "-2.2250738585072014e-308".
  const std::to_chars_result result =
      std::to_chars(buffer, buffer + sizeof(buffer), value);
  MINIDL_CHECK(result.ec == std::errc(), value);
  return std::string(buffer, result.ptr);
}

}  // namespace minidl
