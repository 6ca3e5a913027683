#ifndef MINIDL_BASE_RUNFILE_H_
#define MINIDL_BASE_RUNFILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace minidl {

// The path of `file`, a data dependency of this program, whether it was started
// by `bazel run`, by `bazel test`, or by hand from bazel-bin. `file` is named
// as Bazel does: "data/mnist/README.md" from the top of this repository, or
// "../fashion_mnist/train-images-idx3-ubyte.gz" of an external one.
absl::StatusOr<std::string> FindRunfile(const std::string& file);

}  // namespace minidl

#endif  // MINIDL_BASE_RUNFILE_H_
