#ifndef MINIDL_DATA_DRAWING_FLAGS_H_
#define MINIDL_DATA_DRAWING_FLAGS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Flags that the programs which draw data sets have in common.
namespace minidl {

// InvalidArgumentError unless --seed is one that PyTorch's generator tells from
// all others: it looks at 32 bits.
absl::Status CheckSeedFlag(int64_t seed);

// InvalidArgumentError if --output names no file.
absl::Status CheckOutputFlag(absl::string_view output);

}  // namespace minidl

#endif  // MINIDL_DATA_DRAWING_FLAGS_H_
