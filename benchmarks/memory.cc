#include "benchmarks/memory.h"

#include <malloc.h>

#include <cstdint>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/status_macros.h"

namespace minidl {

absl::Status ResetPeakMemory() {
  malloc_trim(0);
  // proc(5): 5 resets the peak of the resident set size.
  std::ofstream file("/proc/self/clear_refs");
  file << 5;
  file.close();
  return file ? absl::OkStatus()
              : FileError("/proc/self/clear_refs", "cannot be written");
}

absl::StatusOr<int64_t> PeakMemory() {
  MINIDL_ASSIGN_OR_RETURN(const std::string status,
                          ReadFile("/proc/self/status"));
  for (absl::string_view line : absl::StrSplit(status, '\n')) {
    int64_t kibibytes;
    if (absl::ConsumePrefix(&line, "VmHWM:") &&
        absl::ConsumeSuffix(&line, " kB") &&
        absl::SimpleAtoi(line, &kibibytes)) {
      return kibibytes * 1024;
    }
  }
  return absl::NotFoundError("/proc/self/status has no line \"VmHWM: N kB\"");
}

}  // namespace minidl
