#ifndef MINIDL_TENSOR_RANDOM_H_
#define MINIDL_TENSOR_RANDOM_H_

#include <cstdint>

#include "tensor/generator.h"
#include "tensor/tensor.h"

// Random tensors with PyTorch's numbers: after torch.manual_seed(s), the same
// calls on a Generator(s) draw the same values. PyTorch 1.13 to 2.x on a CPU.
namespace minidl {

// A uniformly random permutation of 0 ... n-1, as torch.randperm(n).
// 0 <= n < 2^32.
Tensor<int64_t> RandomPermutation(int64_t n, Generator& generator);

// Fills with numbers uniform in [low, high), as tensor.uniform_(low, high):
// 24 random bits for float, 53 for double. low <= high.
template <typename T>
void FillUniform(double low, double high, Generator& generator,
                 Tensor<T>& tensor);

// Fills with 0 with a probability and with 1 / (1 - probability) elsewhere, by
// one number of FillUniform(0, 1) each. 0 <= probability < 1.
template <typename T>
void FillDropout(double probability, Generator& generator, Tensor<T>& tensor);

// Fills with normal numbers, as tensor.normal_(mean, deviation), by Box and
// Muller's transform. deviation >= 0.
//
// Floats are those of PyTorch on x86-64 processors with AVX2, to the bit, but
// for tensors of fewer than 16: they, and doubles, depend on the C library's
// logarithm and cosine, there and here.
template <typename T>
void FillNormal(double mean, double deviation, Generator& generator,
                Tensor<T>& tensor);

}  // namespace minidl

#endif  // MINIDL_TENSOR_RANDOM_H_
