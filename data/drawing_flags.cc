#include "data/drawing_flags.h"

#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace minidl {

absl::Status CheckSeedFlag(int64_t seed) {
  constexpr int64_t kMaxSeed = std::numeric_limits<uint32_t>::max();
  if (seed < 0 || seed > kMaxSeed) {
    return absl::InvalidArgumentError(
        absl::StrCat("--seed=", seed, ": expected 0 to ", kMaxSeed,
                     ", all that PyTorch's generator tells apart"));
  }
  return absl::OkStatus();
}

absl::Status CheckOutputFlag(absl::string_view output) {
  if (output.empty()) {
    return absl::InvalidArgumentError("--output is empty: expected a file");
  }
  return absl::OkStatus();
}

}  // namespace minidl
