#include "data/data_set_directory.h"

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/runfile.h"
#include "base/status_macros.h"
#include "data/data_set_name.h"
#include "data/mnist.h"

namespace minidl {

absl::StatusOr<std::string> DataSetDirectory(absl::string_view name,
                                             const std::string& mnist_dir) {
  MINIDL_ASSIGN_OR_RETURN(const std::string data_set, DataSetName(name));
  if (data_set == kMnist || !mnist_dir.empty()) {
    return MnistDirectory(mnist_dir);
  }
  MINIDL_ASSIGN_OR_RETURN(
      const std::string file,
      FindRunfile("../fashion_mnist/train-images-idx3-ubyte.gz"));
  return std::filesystem::path(file).parent_path().string();
}

}  // namespace minidl
