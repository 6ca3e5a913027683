#ifndef MINIDL_EXPERIMENTS_FORMAT_DURATION_H_
#define MINIDL_EXPERIMENTS_FORMAT_DURATION_H_

#include <string>

namespace minidl {

// "35 s", "2 min 05 s", "1 h 07 min".
std::string FormatDuration(double seconds);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_FORMAT_DURATION_H_
