#include "statistics/number_format.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
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

// `count` in the largest of `units` of which it is at least 1, each `base`
// times the one before it.
std::string FormatInUnits(int64_t count, double base,
                          absl::Span<const char* const> units) {
  MINIDL_CHECK(count >= 0, count);
  auto value = static_cast<double>(count);
  size_t unit = 0;
  // What would be rounded up to the next unit is in that.
  for (; unit + 1 < units.size() && value >= base - 0.5; ++unit) value /= base;
  // A rounded number's digits: 9.996 has three, and not 10.00's four.
  const int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return absl::StrCat(FormatFixed(value, decimals), units[unit]);
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

std::string FormatScaled(int64_t count) {
  constexpr const char* kUnits[] = {"", " k", " M", " G", " T"};
  return FormatInUnits(count, 1000, kUnits);
}

std::string FormatBytes(int64_t bytes) {
  constexpr const char* kUnits[] = {" B", " KiB", " MiB", " GiB", " TiB"};
  return FormatInUnits(bytes, 1024, kUnits);
}

std::string FormatExact(double value) { return ToChars(value); }

}  // namespace minidl
