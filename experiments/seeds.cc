#include "experiments/seeds.h"

#include <cstdint>

#include "base/check.h"

namespace minidl {
namespace {

// The output function of SplitMix64 (Steele, Lea and Flood, 2014): a bijection
// of 64-bit numbers that changes half of the bits for any one that changes.
uint64_t Mix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// The finalizer of MurmurHash3 (Appleby): the same for 32-bit numbers.
uint32_t Mix32(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x85ebca6bu;
  x = (x ^ (x >> 13)) * 0xc2b2ae35u;
  return x ^ (x >> 16);
}

}  // namespace

uint32_t StreamSeed(uint64_t study_seed, int round, Purpose purpose) {
  MINIDL_CHECK(round >= 0, "StreamSeed: round ", round);
  // A Generator takes 32 bits. Everything done to `round` is a bijection of 32
  // bits, so that different rounds keep different seeds.
  const uint64_t key =
      Mix64(Mix64(study_seed) + static_cast<uint64_t>(purpose));
  return Mix32(static_cast<uint32_t>(round) ^ static_cast<uint32_t>(key)) ^
         static_cast<uint32_t>(key >> 32);
}

}  // namespace minidl
