#ifndef MINIDL_DATA_DISK_SET_H_
#define MINIDL_DATA_DISK_SET_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "tensor/generator.h"
#include "tensor/tensor.h"

namespace minidl {

// The most points of a set: 240 MB.
inline constexpr int64_t kMaxDiskPoints = 10'000'000;

// Points of the unit square, and whether they are in the disk about
// (0.5, 0.5) whose area is 1/2: its radius is 1/sqrt(2 pi). All three tensors
// have the same N.
struct DiskSet {
  Tensor<float> points;    // N×2, each in [0, 1).
  Tensor<int64_t> labels;  // N: 1 inside the disk, 0 outside and on its edge.
  Tensor<float> targets;   // N×2, one-hot: (1, 0) outside and (0, 1) inside.
};

struct DiskSets {
  DiskSet train;
  DiskSet test;
};

// Draws `n` points, as torch.empty(n, 2).uniform_() does. InvalidArgument
// unless 1 <= n <= kMaxDiskPoints.
absl::StatusOr<DiskSet> GenerateDiskSet(int64_t n, Generator& generator);

}  // namespace minidl

#endif  // MINIDL_DATA_DISK_SET_H_
