#ifndef MINIDL_BASE_RUNFILE_H_
#define MINIDL_BASE_RUNFILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace minidl {

// The path of `file` ("data/mnist/README.md", from the top of this repository),
// a data dependency of this program, whether it was started by `bazel run`, by
// `bazel test`, or by hand from bazel-bin.
absl::StatusOr<std::string> FindRunfile(const std::string& file);

}  // namespace minidl

#endif  // MINIDL_BASE_RUNFILE_H_
