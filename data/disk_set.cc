#include "data/disk_set.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr double kTwoPi = 6.283185307179586476925286766559;
constexpr double kSquaredRadius = 1 / kTwoPi;

// In double, so that rounding does not decide about points near the edge.
bool IsInDisk(double x, double y) {
  const double dx = x - 0.5;
  const double dy = y - 0.5;
  return dx * dx + dy * dy < kSquaredRadius;
}

}  // namespace

absl::StatusOr<DiskSet> GenerateDiskSet(int64_t n, Generator& generator) {
  if (n < 1 || n > kMaxDiskPoints) {
    return absl::InvalidArgumentError(absl::StrCat(
        "n = ", n, ": expected between 1 and ", kMaxDiskPoints, " points"));
  }
  DiskSet set = {Tensor<float>({n, 2}), Tensor<int64_t>({n}),
                 Tensor<float>({n, 2})};
  FillUniform(0, 1, generator, set.points);
  for (int64_t i = 0; i < n; ++i) {
    const float* point = set.points.data() + 2 * i;
    const int64_t label = IsInDisk(point[0], point[1]) ? 1 : 0;
    set.labels.data()[i] = label;
    set.targets.data()[2 * i + label] = 1;
  }
  return set;
}

}  // namespace minidl
