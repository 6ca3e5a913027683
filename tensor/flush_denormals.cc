#include "tensor/flush_denormals.h"

#include <cstdint>

#ifdef __x86_64__
#include <pmmintrin.h>
#include <xmmintrin.h>
#endif

namespace minidl {
namespace {

#ifdef __x86_64__

// The two bits of MXCSR: results to zero and operands to zero.
constexpr uint32_t kModeBits = _MM_FLUSH_ZERO_MASK | _MM_DENORMALS_ZERO_MASK;

uint32_t Mode() { return _mm_getcsr() & kModeBits; }

void SetMode(uint32_t mode) { _mm_setcsr((_mm_getcsr() & ~kModeBits) | mode); }

#else

constexpr uint32_t kModeBits = 0;

uint32_t Mode() { return 0; }

void SetMode(uint32_t /*mode*/) {}

#endif

}  // namespace

FlushDenormals::FlushDenormals() : previous_mode_(Mode()) {
  SetMode(kModeBits);
}

FlushDenormals::~FlushDenormals() { SetMode(previous_mode_); }

}  // namespace minidl
