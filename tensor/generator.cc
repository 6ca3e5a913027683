#include "tensor/generator.h"

#include <algorithm>
#include <cstdint>

namespace minidl {
namespace {

constexpr int kMiddle = 397;
constexpr uint32_t kUpperMask = 0x80000000u;
constexpr uint32_t kLowerMask = 0x7fffffffu;
constexpr uint32_t kMatrix = 0x9908b0dfu;

// The next state of a number, of which the upper bit counts, from the one after
// it and the one kMiddle further on.
uint32_t Twist(uint32_t upper, uint32_t lower, uint32_t middle) {
  const uint32_t mixed = (upper & kUpperMask) | (lower & kLowerMask);
  return middle ^ (mixed >> 1) ^ ((mixed & 1) != 0 ? kMatrix : 0);
}

uint32_t Temper(uint32_t y) {
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  y ^= y >> 18;
  return y;
}

}  // namespace

Generator::Generator(uint64_t seed) {
  state_[0] = static_cast<uint32_t>(seed);
  for (uint32_t i = 1; i < kStateSize; ++i) {
    const uint32_t previous = state_[i - 1];
    state_[i] = 1812433253u * (previous ^ (previous >> 30)) + i;
  }
}

void Generator::Refill() {
  // In runs without a division or a branch, which compilers vectorise.
  constexpr int kWrap = kStateSize - kMiddle;
  uint32_t* s = state_.data();
  for (int i = 0; i < kWrap; ++i) {
    s[i] = Twist(s[i], s[i + 1], s[i + kMiddle]);
  }
  for (int i = kWrap; i < kStateSize - 1; ++i) {
    s[i] = Twist(s[i], s[i + 1], s[i - kWrap]);
  }
  s[kStateSize - 1] = Twist(s[kStateSize - 1], s[0], s[kMiddle - 1]);
  next_ = 0;
}

uint32_t Generator::Random32() {
  if (next_ == kStateSize) Refill();
  return Temper(state_[next_++]);
}

void Generator::Random32(int64_t n, uint32_t* output) {
  while (n > 0) {
    if (next_ == kStateSize) Refill();
    const int count =
        static_cast<int>(std::min<int64_t>(n, kStateSize - next_));
    const uint32_t* state = state_.data() + next_;
    for (int i = 0; i < count; ++i) output[i] = Temper(state[i]);
    next_ += count;
    output += count;
    n -= count;
  }
}

uint64_t Generator::Random64() {
  const uint64_t high = Random32();
  return high << 32 | Random32();
}

}  // namespace minidl
