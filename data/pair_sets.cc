#include "data/pair_sets.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "data/mnist.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr int64_t kMnistPixels = kMnistSide * kMnistSide;
constexpr int64_t kPairPixels = kPairSide * kPairSide;

}  // namespace

template <typename Pixel>
void Average2x2(const Pixel* image, float* averaged) {
  for (int64_t y = 0; y < kPairSide; ++y) {
    for (int64_t x = 0; x < kPairSide; ++x) {
      const Pixel* top = image + 2 * y * kMnistSide + 2 * x;
      const Pixel* bottom = top + kMnistSide;
      const float sum =
          static_cast<float>(top[0]) + static_cast<float>(top[1]) +
          static_cast<float>(bottom[0]) + static_cast<float>(bottom[1]);
      averaged[y * kPairSide + x] = sum / 4;
    }
  }
}

template void Average2x2(const uint8_t*, float*);
template void Average2x2(const float*, float*);

absl::Status CheckNumPairs(int64_t n, int64_t pool_size,
                           absl::string_view images) {
  if (n < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("n = ", n, ": expected at least 1 pair"));
  }
  const int64_t largest = pool_size / 2;
  if (n > largest) {
    return absl::InvalidArgumentError(absl::StrCat(
        "n = ", n, ": every pair needs 2 ", images,
        " of its own, and there are ", pool_size, "; n is at most ", largest));
  }
  return absl::OkStatus();
}

absl::StatusOr<PairSet> GeneratePairSet(const LabelledImages& pool, int64_t n,
                                        Generator& generator) {
  const int64_t pool_size = pool.size();
  MINIDL_CHECK(pool.images.size() == pool_size * kMnistPixels,
               "GeneratePairSet: ", pool_size, " labels for images of shape ",
               pool.images.shape().ToString());
  MINIDL_RETURN_IF_ERROR(CheckNumPairs(n, pool_size, "images"));

  // The course draws a permutation of the whole pool, whatever n is, and takes
  // its start: pair i has elements 2i and 2i + 1.
  const Tensor<int64_t> permutation = RandomPermutation(pool_size, generator);
  PairSet set;
  set.inputs.Resize({n, 2, kPairSide, kPairSide});
  set.targets.Resize({n});
  set.classes.Resize({n, 2});
  for (int64_t i = 0; i < 2 * n; ++i) {
    const int64_t image = permutation.data()[i];
    Average2x2(pool.images.data() + image * kMnistPixels,
               set.inputs.data() + i * kPairPixels);
    set.classes.data()[i] = pool.labels.data()[image];
  }
  for (int64_t i = 0; i < n; ++i) {
    const int64_t* classes = set.classes.data() + 2 * i;
    set.targets.data()[i] = PairTarget(classes[0], classes[1]);
  }
  return set;
}

absl::StatusOr<PairSets> GeneratePairSets(const Mnist& mnist, int64_t n,
                                          Generator& generator) {
  MINIDL_RETURN_IF_ERROR(
      CheckNumPairs(n, mnist.train.size(), "training images"));
  MINIDL_RETURN_IF_ERROR(CheckNumPairs(n, mnist.test.size(), "test images"));
  MINIDL_ASSIGN_OR_RETURN(PairSet train,
                          GeneratePairSet(mnist.train, n, generator));
  MINIDL_ASSIGN_OR_RETURN(PairSet test,
                          GeneratePairSet(mnist.test, n, generator));
  return PairSets{std::move(train), std::move(test)};
}

}  // namespace minidl
