#ifndef MINIDL_TENSOR_TENSOR_TESTUTIL_H_
#define MINIDL_TENSOR_TENSOR_TESTUTIL_H_

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "gtest/gtest.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

// Tensors for tests, the same in every run, and the number types of typed
// tests:
//
//   TYPED_TEST_SUITE(LinearTest, NumberTypes, NumberTypeNames);
namespace minidl {

using NumberTypes = testing::Types<float, double>;

// Names typed tests "LinearTest/float.Forward...".
struct NumberTypeNames {
  template <typename T>
  static std::string GetName(int /*index*/) {
    if constexpr (std::is_same_v<T, float>) return "float";
    if constexpr (std::is_same_v<T, double>) return "double";
    if constexpr (std::is_same_v<T, int64_t>) return "int64_t";
  }
};

// Uniform in [-1, 1).
template <typename T>
Tensor<T> RandomTensor(const Shape& shape, uint64_t seed) {
  Tensor<T> tensor(shape);
  Generator generator(seed);
  FillUniform(-1, 1, generator, tensor);
  return tensor;
}

// n numbers, uniform in [-1, 1) + `shift`: for kernels, and the same for all
// number types.
template <typename T>
std::vector<T> RandomVector(int64_t n, uint64_t seed, float shift = 0) {
  auto tensor = RandomTensor<float>({n}, seed);
  for (float& value : tensor.values()) value += shift;
  return {tensor.values().begin(), tensor.values().end()};
}

// For n elements, a random permutation of n numbers in [-1, 1] that lie 2/n
// apart and at least 1/n from 0: where functions with a kink at 0 or where two
// elements are equal (ReLU, max-pooling) have a derivative.
template <typename T>
Tensor<T> SeparatedTensor(const Shape& shape, uint64_t seed) {
  Tensor<T> tensor(shape);
  const int64_t n = tensor.size();
  Generator generator(seed);
  const Tensor<int64_t> permutation = RandomPermutation(n, generator);
  for (int64_t i = 0; i < n; ++i) {
    const int64_t rank = permutation(i) - n / 2;
    tensor.data()[i] = static_cast<T>(2 * rank + 1) / static_cast<T>(n);
  }
  return tensor;
}

}  // namespace minidl

#endif  // MINIDL_TENSOR_TENSOR_TESTUTIL_H_
