#ifndef MINIDL_STATISTICS_NUMBER_FORMAT_H_
#define MINIDL_STATISTICS_NUMBER_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string>

// Numbers for tables. None of these depends on the locale.
namespace minidl {

// What stands where there is no figure.
inline constexpr char kNotAvailable[] = "n/a";

// `value` if it is there, as for an optional field of a protobuf message:
// ValueIf(estimate.has_mean(), estimate.mean()).
inline std::optional<double> ValueIf(bool is_there, double value) {
  return is_there ? std::optional<double>(value) : std::nullopt;
}

// "16.50" for (16.5, 2); kNotAvailable for nullopt.
std::string FormatFixed(std::optional<double> value, int decimals);

// As FormatFixed, with a sign: "+16.50", "-0.25", "0.00" for 0.
std::string FormatSigned(std::optional<double> value, int decimals);

// A probability in three significant digits: "0.00195", "0.0312", "1";
// "<0.0001" for what is smaller than that; kNotAvailable for nullopt.
std::string FormatProbability(std::optional<double> p);

// "70,342".
std::string FormatCount(int64_t count);

// Three significant digits and a unit's prefix: "600", "12.3 k", "1.00 G", up
// to "T". At least 0.
std::string FormatScaled(int64_t count);

// The same in powers of 1024: "600 B", "39.2 KiB", "1000 KiB", up to "TiB".
std::string FormatBytes(int64_t bytes);

// The shortest number that reads back as `value`: "0.1", "1e+23", "nan".
std::string FormatExact(double value);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_NUMBER_FORMAT_H_
