#ifndef MINIDL_DATA_DATA_SET_NAME_H_
#define MINIDL_DATA_DATA_SET_NAME_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The names that studies, run records and --data_set give data sets: of images
// in MNIST's format (data/mnist.h), in ten classes. data_set_directory.h has
// their files.
namespace minidl {

inline constexpr char kMnist[] = "mnist";
inline constexpr char kFashionMnist[] = "fashion_mnist";

// `name` itself, or "mnist" where it is empty, as in records and studies from
// when there was no other. InvalidArgument "data_set is cifar; expected ..."
// unless there is such a data set.
absl::StatusOr<std::string> DataSetName(absl::string_view name);

}  // namespace minidl

#endif  // MINIDL_DATA_DATA_SET_NAME_H_
