#ifndef MINIDL_TENSOR_FLUSH_DENORMALS_TESTUTIL_H_
#define MINIDL_TENSOR_FLUSH_DENORMALS_TESTUTIL_H_

#include <cstdint>
#include <cstring>
#include <limits>

namespace minidl {

// What this thread does with denormals. The numbers are volatile so that the
// processor computes, not the compiler.

// Whether a denormal result is 0. Told by its bits: a comparison would take it
// for an operand.
inline bool FlushesResults() {
  volatile float smallest = std::numeric_limits<float>::min();
  const float half = smallest * 0.5f;
  uint32_t bits;
  std::memcpy(&bits, &half, sizeof(bits));
  return bits == 0;
}

// Whether a denormal operand counts as 0.
inline bool FlushesOperands() {
  volatile float denormal = std::numeric_limits<float>::denorm_min();
  return denormal * 0x1p+100f == 0;
}

}  // namespace minidl

#endif  // MINIDL_TENSOR_FLUSH_DENORMALS_TESTUTIL_H_
