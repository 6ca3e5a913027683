#ifndef MINIDL_TENSOR_KERNELS_UNIFORM_H_
#define MINIDL_TENSOR_KERNELS_UNIFORM_H_

#include <cstdint>

namespace minidl::kernels {

// output = from + range u for the numbers u in [0, 1) of which the lower 24 of
// 32 random bits are the binary digits. Rounded once, with or without FMA.
void UniformFromBits(int64_t n, const uint32_t* bits, float from, float range,
                     float* output);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_UNIFORM_H_
