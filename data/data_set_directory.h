#ifndef MINIDL_DATA_DATA_SET_DIRECTORY_H_
#define MINIDL_DATA_DATA_SET_DIRECTORY_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace minidl {

// The directory of the data set `name` (see DataSetName), for LoadMnist: what
// the flags --data_set and --mnist_dir mean together. Without `mnist_dir` it is
// the copy of it that every program that depends on this target has among its
// runfiles; otherwise the user's own copy is in that path (see
// base/user_path.h). InvalidArgument for an unknown name.
absl::StatusOr<std::string> DataSetDirectory(absl::string_view name,
                                             const std::string& mnist_dir);

}  // namespace minidl

#endif  // MINIDL_DATA_DATA_SET_DIRECTORY_H_
