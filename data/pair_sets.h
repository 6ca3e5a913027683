#ifndef MINIDL_DATA_PAIR_SETS_H_
#define MINIDL_DATA_PAIR_SETS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "data/mnist.h"
#include "tensor/generator.h"
#include "tensor/tensor.h"

// Pairs of digits, as generate_pair_sets of EPFL's deep-learning course makes
// them (its dlc_practical_prologue.py): after torch.manual_seed(s), that
// function and GeneratePairSets with a Generator(s) give the same numbers.
namespace minidl {

// Height and width of an image of a pair: MNIST's, averaged 2×2.
inline constexpr int64_t kPairSide = kMnistSide / 2;

// MNIST's size to a pair's: each pixel of `averaged` (14×14) is the mean of 2×2
// of `image` (28×28), which a float holds exactly if those are whole numbers
// from 0 to 255.
template <typename Pixel>
void Average2x2(const Pixel* image, float* averaged);

// The target of a pair of these digits: 1 if the first is less than or equal to
// the second, else 0.
inline int64_t PairTarget(int64_t first, int64_t second) {
  return first <= second ? 1 : 0;
}

// Pairs of images, and whether the first shows a digit that is less than or
// equal to the second's. All three tensors have the same N.
struct PairSet {
  Tensor<float> inputs;     // N×2×14×14, from 0 to 255.
  Tensor<int64_t> targets;  // N: 1 if first digit <= second, else 0.
  Tensor<int64_t> classes;  // N×2: the two digits.
};

struct PairSets {
  PairSet train;
  PairSet test;
};

// InvalidArgument, with the numbers, unless `n` pairs can be drawn from
// `pool_size` images: 1 <= n and 2n <= pool_size. `images` is what they are
// called: "training images".
absl::Status CheckNumPairs(int64_t n, int64_t pool_size,
                           absl::string_view images);

// Draws `n` pairs from `pool`; no image is in more than one of them. Of MNIST's
// pairs, about 55 % have target 1. InvalidArgument unless 1 <= n and `pool` has
// 2n images.
absl::StatusOr<PairSet> GeneratePairSet(const LabelledImages& pool, int64_t n,
                                        Generator& generator);

// Draws `n` training pairs from the training images, and then `n` test pairs
// from the test images. InvalidArgument as above, before anything is drawn.
absl::StatusOr<PairSets> GeneratePairSets(const Mnist& mnist, int64_t n,
                                          Generator& generator);

}  // namespace minidl

#endif  // MINIDL_DATA_PAIR_SETS_H_
