#ifndef MINIDL_EXPERIMENTS_SEEDS_H_
#define MINIDL_EXPERIMENTS_SEEDS_H_

#include <cstdint>

namespace minidl {

// What random numbers are drawn for. The values are part of what a seed means:
// changing one changes every result.
enum class Purpose : uint32_t {
  kData = 1,            // Which images make which pairs.
  kInitialization = 2,  // Initial weights.
  kShuffling = 3,       // The order of the training pairs in each epoch.
  kDropout = 4,         // What dropout drops.
  kAugmentation = 5,    // How training images are changed.
};

// The seed of a Generator for one purpose in one round of a study. The
// architecture is not among its arguments: in round r, all architectures see
// the same data in the same order, and comparisons between them are paired.
//
// For a given study seed and purpose, two rounds never have the same seed.
// round >= 0.
uint32_t StreamSeed(uint64_t study_seed, int round, Purpose purpose);

}  // namespace minidl

#endif  // MINIDL_EXPERIMENTS_SEEDS_H_
