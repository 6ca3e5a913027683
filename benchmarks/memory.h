#ifndef MINIDL_BENCHMARKS_MEMORY_H_
#define MINIDL_BENCHMARKS_MEMORY_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace minidl {

// Gives freed memory back to the system, and starts the measurement of
// PeakMemory anew. An error where Linux does not let a process do that.
absl::Status ResetPeakMemory();

// The most bytes of memory that this process has had at a time, since
// ResetPeakMemory or else since it started: its program, data and all.
absl::StatusOr<int64_t> PeakMemory();

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_MEMORY_H_
