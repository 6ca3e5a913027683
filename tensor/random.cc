#include "tensor/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "tensor/generator.h"
#include "tensor/kernels/elementwise.h"
#include "tensor/kernels/uniform.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr double kTwoPi = 6.283185307179586476925286766559;

// Uniform in [0, 1), with all the bits that T has.
template <typename T>
T UnitUniform(Generator& generator) {
  if constexpr (std::is_same_v<T, double>) {
    return static_cast<double>(generator.Random64() &
                               ((uint64_t{1} << 53) - 1)) *
           0x1p-53;
  } else {
    static_assert(std::is_same_v<T, float>);
    return static_cast<float>(generator.Random32() & ((1u << 24) - 1)) *
           0x1p-24f;
  }
}

// One number of the standard normal distribution, as PyTorch draws those of
// small tensors: in double, two for every two uniforms.
double StandardNormal(Generator& generator) {
  if (generator.spare_normal().has_value()) {
    const double value = *generator.spare_normal();
    generator.spare_normal().reset();
    return value;
  }
  const double u1 = UnitUniform<double>(generator);
  const double u2 = UnitUniform<double>(generator);
  const double radius = std::sqrt(-2.0 * std::log1p(-u2));
  const double angle = kTwoPi * u1;
  generator.spare_normal() = radius * std::sin(angle);
  return radius * std::cos(angle);
}

// Turns 16 uniform numbers into 16 normal ones: number i and number i + 8 are
// the two of a transform.
template <typename T>
void TransformSixteen(double mean, double deviation, T* values) {
  for (int i = 0; i < 8; ++i) {
    const T u1 = 1 - values[i];  // Not 0, for the logarithm.
    const T u2 = values[i + 8];
    const T logarithm = static_cast<T>(std::log(static_cast<double>(u1)));
    const T radius = std::sqrt(-2 * logarithm);
    const T angle = static_cast<T>(kTwoPi * u2);
    const T cosine = static_cast<T>(std::cos(static_cast<double>(angle)));
    const T sine = static_cast<T>(std::sin(static_cast<double>(angle)));
    values[i] =
        radius * cosine * static_cast<T>(deviation) + static_cast<T>(mean);
    values[i + 8] =
        radius * sine * static_cast<T>(deviation) + static_cast<T>(mean);
  }
}

}  // namespace

Tensor<int64_t> RandomPermutation(int64_t n, Generator& generator) {
  MINIDL_CHECK(0 <= n && n < int64_t{1} << 32, "RandomPermutation: n = ", n);
  Tensor<int64_t> result({n});
  int64_t* values = result.data();
  std::iota(values, values + n, int64_t{0});
  for (int64_t i = 0; i < n - 1; ++i) {
    std::swap(values[i], values[i + generator.Random32() % (n - i)]);
  }
  return result;
}

template <typename T>
void FillUniform(double low, double high, Generator& generator,
                 Tensor<T>& tensor) {
  MINIDL_CHECK(low <= high, "FillUniform: [", low, ", ", high, ") is empty");
  const T from = static_cast<T>(low);
  const T range = static_cast<T>(high) - from;
  // One rounding, as PyTorch's builds for processors with FMA do.
  if constexpr (std::is_same_v<T, float>) {
    std::array<uint32_t, 512> bits;
    T* values = tensor.data();
    for (int64_t left = tensor.size(); left > 0;) {
      const int64_t count = std::min(left, static_cast<int64_t>(bits.size()));
      generator.Random32(count, bits.data());
      kernels::UniformFromBits(count, bits.data(), from, range, values);
      values += count;
      left -= count;
    }
  } else {
    for (T& value : tensor.values()) {
      value = std::fma(UnitUniform<T>(generator), range, from);
    }
  }
}

template <typename T>
void FillDropout(double probability, Generator& generator, Tensor<T>& tensor) {
  MINIDL_CHECK(0 <= probability && probability < 1, "FillDropout: probability ",
               probability);
  FillUniform(0, 1, generator, tensor);
  kernels::Step(tensor.size(), tensor.data(), static_cast<T>(probability),
                static_cast<T>(1 / (1 - probability)), tensor.data());
}

template <typename T>
void FillNormal(double mean, double deviation, Generator& generator,
                Tensor<T>& tensor) {
  MINIDL_CHECK(deviation >= 0, "FillNormal: deviation ", deviation,
               " is negative");
  constexpr int64_t kBlock = 16;
  const int64_t size = tensor.size();
  if (size < kBlock) {
    for (T& value : tensor.values()) {
      value = static_cast<T>(StandardNormal(generator) * deviation + mean);
    }
    return;
  }
  for (T& value : tensor.values()) value = UnitUniform<T>(generator);
  T* values = tensor.data();
  for (int64_t i = 0; i + kBlock <= size; i += kBlock) {
    TransformSixteen(mean, deviation, values + i);
  }
  if (size % kBlock != 0) {
    // The last block is drawn anew and overlaps the one before it.
    T* last = values + size - kBlock;
    for (int64_t i = 0; i < kBlock; ++i) last[i] = UnitUniform<T>(generator);
    TransformSixteen(mean, deviation, last);
  }
}

template void FillUniform<float>(double, double, Generator&, Tensor<float>&);
template void FillUniform<double>(double, double, Generator&, Tensor<double>&);
template void FillDropout<float>(double, Generator&, Tensor<float>&);
template void FillDropout<double>(double, Generator&, Tensor<double>&);
template void FillNormal<float>(double, double, Generator&, Tensor<float>&);
template void FillNormal<double>(double, double, Generator&, Tensor<double>&);

}  // namespace minidl
