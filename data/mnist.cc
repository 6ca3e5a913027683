#include "data/mnist.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/runfile.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "data/idx.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr int kNumDigits = 10;
// Where the labels start in their file: after its type and one size.
constexpr int64_t kLabelsStart = 8;

// A file's contents, and where it was found.
struct IdxFile {
  std::string path;
  Tensor<uint8_t> values;
};

absl::StatusOr<IdxFile> ReadPlainOrGzipped(const std::string& directory,
                                           const std::string& name) {
  for (const std::string& variant : {name, absl::StrCat(name, ".gz")}) {
    std::string path = (std::filesystem::path(directory) / variant).string();
    absl::StatusOr<Tensor<uint8_t>> values = ReadIdx(path);
    if (values.ok()) return IdxFile{std::move(path), *std::move(values)};
    if (!absl::IsNotFound(values.status())) return values.status();
  }
  return absl::NotFoundError(absl::StrCat(
      directory, " has neither ", name, " nor ", name, ".gz, a file of MNIST"));
}

absl::Status CheckImages(const IdxFile& file) {
  const Shape& shape = file.values.shape();
  if (shape.rank() == 3 && shape[1] == kMnistSide && shape[2] == kMnistSide) {
    return absl::OkStatus();
  }
  return absl::DataLossError(
      absl::StrCat(file.path, ": expected images, of shape [N, ", kMnistSide,
                   ", ", kMnistSide, "], found shape ", shape.ToString()));
}

absl::Status CheckLabels(const IdxFile& file) {
  const Shape& shape = file.values.shape();
  if (shape.rank() != 1) {
    return absl::DataLossError(
        absl::StrCat(file.path, ": expected labels, of shape [N], found shape ",
                     shape.ToString()));
  }
  for (int64_t i = 0; i < file.values.size(); ++i) {
    const int label = file.values.data()[i];
    if (label >= kNumDigits) {
      return absl::DataLossError(absl::StrCat(
          file.path, ": byte ", kLabelsStart + i, " (label of image ", i,
          "): expected 0 to ", kNumDigits - 1, ", found ", label));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<LabelledImages> LoadLabelledImages(const std::string& directory,
                                                  absl::string_view set) {
  MINIDL_ASSIGN_OR_RETURN(
      IdxFile images,
      ReadPlainOrGzipped(directory, absl::StrCat(set, "-images-idx3-ubyte")));
  MINIDL_RETURN_IF_ERROR(CheckImages(images));
  MINIDL_ASSIGN_OR_RETURN(
      IdxFile labels,
      ReadPlainOrGzipped(directory, absl::StrCat(set, "-labels-idx1-ubyte")));
  MINIDL_RETURN_IF_ERROR(CheckLabels(labels));
  const int64_t num_images = images.values.shape()[0];
  const int64_t num_labels = labels.values.shape()[0];
  if (num_images != num_labels) {
    return absl::DataLossError(
        absl::StrCat(labels.path, ": expected as many labels as ", images.path,
                     " has images, ", num_images, ", found ", num_labels));
  }
  return LabelledImages{std::move(images.values), std::move(labels.values)};
}

}  // namespace

absl::StatusOr<Mnist> LoadMnist(const std::string& directory) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(directory, ignored)) {
    return absl::NotFoundError(absl::StrCat(
        directory, " is not a directory; the files of MNIST should be in one"));
  }
  MINIDL_ASSIGN_OR_RETURN(LabelledImages train,
                          LoadLabelledImages(directory, "train"));
  MINIDL_ASSIGN_OR_RETURN(LabelledImages test,
                          LoadLabelledImages(directory, "t10k"));
  return Mnist{std::move(train), std::move(test)};
}

absl::StatusOr<std::string> MnistDirectory(const std::string& mnist_dir) {
  if (!mnist_dir.empty()) return UserPath(mnist_dir);
  // Runfiles are files: their directory has no entry of its own.
  MINIDL_ASSIGN_OR_RETURN(const std::string file,
                          FindRunfile("data/mnist/train-images-idx3-ubyte.gz"));
  return std::filesystem::path(file).parent_path().string();
}

}  // namespace minidl
