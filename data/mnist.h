#ifndef MINIDL_DATA_MNIST_H_
#define MINIDL_DATA_MNIST_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "tensor/tensor.h"

namespace minidl {

// Height and width of an image, in pixels.
inline constexpr int64_t kMnistSide = 28;

// Digits written by hand, and which they are, or what another data set in
// MNIST's format has of ten classes. Both tensors have the same N.
struct LabelledImages {
  Tensor<uint8_t> images;  // N×28×28, from 0 (paper) to 255 (ink).
  Tensor<uint8_t> labels;  // N, each from 0 to 9.

  int64_t size() const { return labels.size(); }
};

// The MNIST data set (LeCun, Cortes and Burges): 60,000 images for training and
// 10,000, of other writers, for testing.
struct Mnist {
  LabelledImages train;
  LabelledImages test;
};

// Loads the four files
//
//   train-images-idx3-ubyte  train-labels-idx1-ubyte
//   t10k-images-idx3-ubyte   t10k-labels-idx1-ubyte
//
// from `directory`, each as it is or, where that is missing, with .gz after its
// name. Any number of images is fine. NotFound for a missing directory or file;
// DataLoss, with the place, for contents that are not MNIST's.
absl::StatusOr<Mnist> LoadMnist(const std::string& directory);

// The directory that a program's flag --mnist_dir means if it knows no other
// data set (for those that do see data_set_directory.h): empty is this
// repository's own copy, which every program that depends on this target has
// among its runfiles; all else is a user's path (see base/user_path.h).
absl::StatusOr<std::string> MnistDirectory(const std::string& mnist_dir);

}  // namespace minidl

#endif  // MINIDL_DATA_MNIST_H_
