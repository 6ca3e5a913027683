#include "tensor/generator.h"

#include <cstdint>

namespace minidl {
namespace {

constexpr int kMiddle = 397;
constexpr uint32_t kUpperMask = 0x80000000u;
constexpr uint32_t kLowerMask = 0x7fffffffu;
constexpr uint32_t kMatrix = 0x9908b0dfu;

}  // namespace

Generator::Generator(uint64_t seed) {
  state_[0] = static_cast<uint32_t>(seed);
  for (uint32_t i = 1; i < kStateSize; ++i) {
    const uint32_t previous = state_[i - 1];
    state_[i] = 1812433253u * (previous ^ (previous >> 30)) + i;
  }
}

void Generator::Refill() {
  for (int i = 0; i < kStateSize; ++i) {
    const uint32_t mixed =
        (state_[i] & kUpperMask) | (state_[(i + 1) % kStateSize] & kLowerMask);
    state_[i] = state_[(i + kMiddle) % kStateSize] ^ (mixed >> 1) ^
                ((mixed & 1) != 0 ? kMatrix : 0);
  }
  next_ = 0;
}

uint32_t Generator::Random32() {
  if (next_ == kStateSize) Refill();
  uint32_t y = state_[next_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  y ^= y >> 18;
  return y;
}

uint64_t Generator::Random64() {
  const uint64_t high = Random32();
  return high << 32 | Random32();
}

}  // namespace minidl
