#ifndef MINIDL_BASE_HOST_H_
#define MINIDL_BASE_HOST_H_

#include <string>

namespace minidl {

// The name of this machine, or "" if it cannot be told.
std::string HostName();

// The model of its processor, as "AMD EPYC 9R14", or "" if it cannot be told.
std::string CpuName();

}  // namespace minidl

#endif  // MINIDL_BASE_HOST_H_
