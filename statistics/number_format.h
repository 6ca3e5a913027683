#ifndef MINIDL_STATISTICS_NUMBER_FORMAT_H_
#define MINIDL_STATISTICS_NUMBER_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string>

// Numbers for tables. None of these depends on the locale.
namespace minidl {

// What stands where there is no figure.
inline constexpr char kNotAvailable[] = "n/a";

// "16.50" for (16.5, 2); kNotAvailable for nullopt.
std::string FormatFixed(std::optional<double> value, int decimals);

// "70,342".
std::string FormatCount(int64_t count);

// The shortest number that reads back as `value`: "0.1", "1e+23", "nan".
std::string FormatExact(double value);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_NUMBER_FORMAT_H_
