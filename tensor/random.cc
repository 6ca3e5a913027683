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

// ln x for float's normal numbers, rounding by rounding as in PyTorch's code
// for processors with AVX2: Cephes' logf (Moshier, https://netlib.org/cephes),
// each product that is added fused.
float Logarithm(float x) {
  // x = 2^exponent mantissa, the mantissa in [sqrt(1/2), sqrt(2)).
  int integer_exponent;
  float mantissa = std::frexp(x, &integer_exponent);
  if (mantissa < 0.707106781186547524f) {
    mantissa += mantissa;
    --integer_exponent;
  }
  const float exponent = static_cast<float>(integer_exponent);
  const float r = mantissa - 1;
  const float square = r * r;
  float sum = 7.0376836292e-2f;
  for (const float coefficient :
       {-1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f,
        1.4249322787e-1f, -1.6668057665e-1f, 2.0000714765e-1f,
        -2.4999993993e-1f, 3.3333331174e-1f}) {
    sum = std::fma(sum, r, coefficient);
  }
  // ln 2 in two parts, the small one first.
  sum = std::fma(sum * r, square, exponent * -2.12194440e-4f);
  sum = std::fma(square, -0.5f, sum);
  return std::fma(exponent, 0.693359375f, r + sum);
}

// The sine and the cosine of x >= 0, likewise: Cephes' sinf and cosf.
struct SineAndCosine {
  float sine;
  float cosine;
};
SineAndCosine SinCos(float x) {
  // r = x - octant pi/4, with pi/4 in three parts, in [-pi/4, pi/4].
  const int octant = (static_cast<int>(x * 1.27323954473516f) + 1) & ~1;
  const float count = static_cast<float>(octant);
  float r = std::fma(count, -0.78515625f, x);
  r = std::fma(count, -2.4187564849853515625e-4f, r);
  r = std::fma(count, -3.77489497744594108e-8f, r);
  const float square = r * r;
  float cosine = 2.443315711809948e-5f;
  cosine = std::fma(cosine, square, -1.388731625493765e-3f);
  cosine = std::fma(cosine, square, 4.166664568298827e-2f);
  cosine = std::fma(cosine * square, square, square * -0.5f) + 1;
  float sine = -1.9515295891e-4f;
  sine = std::fma(sine, square, 8.3321608736e-3f);
  sine = std::fma(sine, square, -1.6666654611e-1f);
  sine = std::fma(sine * square, r, r);
  // Back by octant / 2 quarter turns.
  switch (octant / 2 % 4) {
    case 0:
      return {sine, cosine};
    case 1:
      return {cosine, -sine};
    case 2:
      return {-sine, -cosine};
    default:
      return {-cosine, sine};
  }
}

// Turns 16 uniform numbers into 16 normal ones: number i and number i + 8 are
// the two of a transform. PyTorch has vectors for floats alone.
void TransformSixteen(double mean, double deviation, float* values) {
  for (int i = 0; i < 8; ++i) {
    const float u1 = 1 - values[i];  // Not 0, for the logarithm.
    const float radius = std::sqrt(-2 * Logarithm(u1));
    const auto [sine, cosine] =
        SinCos(static_cast<float>(kTwoPi) * values[i + 8]);
    values[i] = std::fma(radius * cosine, static_cast<float>(deviation),
                         static_cast<float>(mean));
    values[i + 8] = std::fma(radius * sine, static_cast<float>(deviation),
                             static_cast<float>(mean));
  }
}

void TransformSixteen(double mean, double deviation, double* values) {
  for (int i = 0; i < 8; ++i) {
    const double u1 = 1 - values[i];  // Not 0, for the logarithm.
    const double radius = std::sqrt(-2 * std::log(u1));
    const double angle = kTwoPi * values[i + 8];
    values[i] = radius * std::cos(angle) * deviation + mean;
    values[i + 8] = radius * std::sin(angle) * deviation + mean;
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
