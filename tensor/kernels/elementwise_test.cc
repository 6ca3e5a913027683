#include "tensor/kernels/elementwise.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "tensor/kernels/targets_testutil.h"
#include "tensor/reference_sum_testutil.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::IsNan;
using ::testing::Pointwise;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kGuard = 77;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// All remainders of the vectors, and several vectors.
std::vector<int64_t> Sizes() {
  std::vector<int64_t> sizes = {250, 1000, 1001};
  for (int64_t n = 0; n <= 70; ++n) sizes.push_back(n);
  return sizes;
}

double Gelu(double x) { return x * (std::erfc(-x / std::sqrt(2)) / 2); }
double GeluDerivative(double x) {
  const double density = std::exp(-x * x / 2) / std::sqrt(2 * std::acos(-1));
  return std::erfc(-x / std::sqrt(2)) / 2 + x * density;
}

// One of the functions from arrays a and b to an output that may begin as a
// copy of b, and what it should make of two elements. `roundings` is how many
// units in the last place of the largest intermediate result, which is below 2,
// it may be away.
struct Function {
  const char* name;
  std::function<void(int64_t, const float*, const float*, float*)> kernel;
  std::function<double(double, double)> expected;
  double roundings;
};
std::vector<Function> Functions() {
  return {
      {"Multiply",
       [](auto n, auto* a, auto* b, auto* out) { Multiply(n, a, b, out); },
       [](double a, double b) { return a * b; }, 0.5},
      {"Add", [](auto n, auto* a, auto* b, auto* out) { Add(n, a, b, out); },
       [](double a, double b) { return a + b; }, 0.5},
      {"Subtract",
       [](auto n, auto* a, auto* b, auto* out) { Subtract(n, a, b, out); },
       [](double a, double b) { return a - b; }, 0.5},
      {"AddTo",
       [](auto n, auto* a, auto* b, auto* out) {
         std::copy(b, b + n, out);
         AddTo(n, a, out);
       },
       [](double a, double b) { return a + b; }, 0.5},
      {"Scale",
       [](auto n, auto* a, auto*, auto* out) { Scale(n, a, 0.3f, out); },
       [](double a, double) { return double{0.3f} * a; }, 0.5},
      {"Clamp",
       [](auto n, auto* a, auto*, auto* out) { Clamp(n, a, 0.3f, out); },
       [](double a, double) {
         return std::min(std::max(a, -double{0.3f}), double{0.3f});
       },
       0},
      {"Step",
       [](auto n, auto* a, auto*, auto* out) { Step(n, a, 0.1f, 3.0f, out); },
       [](double a, double) { return a < double{0.1f} ? 0 : 3; }, 0},
      {"LogProbability",
       [](auto n, auto* a, auto*, auto* out) { LogProbability(n, a, out); },
       [](double a, double) { return std::log(std::max(a, 0x1p-126)); },
       /*of up to 87:*/ 64},
      {"ReluForward",
       [](auto n, auto* a, auto*, auto* out) { ReluForward(n, a, out); },
       [](double a, double) { return std::max(a, 0.0); }, 0},
      {"ReluBackward",
       [](auto n, auto* a, auto* b, auto* out) { ReluBackward(n, a, b, out); },
       [](double a, double b) { return a > 0 ? b : 0; }, 0},
      {"LeakyReluForward",
       [](auto n, auto* a, auto*, auto* out) {
         LeakyReluForward(n, a, 0.3f, out);
       },
       [](double a, double) { return a > 0 ? a : double{0.3f} * a; }, 0.5},
      {"LeakyReluBackward",
       [](auto n, auto* a, auto* b, auto* out) {
         LeakyReluBackward(n, a, b, 0.3f, out);
       },
       [](double a, double b) { return a > 0 ? b : double{0.3f} * b; }, 0.5},
      {"GeluForward",
       [](auto n, auto* a, auto*, auto* out) { GeluForward(n, a, out); },
       [](double a, double) { return Gelu(a); }, 4},
      {"GeluBackward",
       [](auto n, auto* a, auto* b, auto* out) { GeluBackward(n, a, b, out); },
       [](double a, double b) { return b * GeluDerivative(a); }, 4},
      {"SigmoidForward",
       [](auto n, auto* a, auto*, auto* out) { SigmoidForward(n, a, out); },
       [](double a, double) { return 1 / (1 + std::exp(-a)); }, 2.5},
      {"SigmoidBackward",
       [](auto n, auto* a, auto* b, auto* out) {
         SigmoidBackward(n, a, b, out);
       },
       [](double a, double b) { return b * a * (1 - a); }, 4},
      {"TanhForward",
       [](auto n, auto* a, auto*, auto* out) { TanhForward(n, a, out); },
       [](double a, double) { return std::tanh(a); }, 2.5},
      {"TanhBackward",
       [](auto n, auto* a, auto* b, auto* out) { TanhBackward(n, a, b, out); },
       [](double a, double b) { return b * (1 - a * a); }, 2},
  };
}

TEST(ElementwiseKernelTest, IsTheDefinitionForAllTargetsAndSizes) {
  ForEachTarget([] {
    for (const Function& function : Functions()) {
      for (const int64_t n : Sizes()) {
        const std::vector<float> a = RandomVector<float>(n, 1);
        const std::vector<float> b = RandomVector<float>(n, 2);
        std::vector<float> output(static_cast<size_t>(n) + 64, kGuard);
        function.kernel(n, a.data(), b.data(), output.data());
        for (size_t i = 0; i < a.size(); ++i) {
          ASSERT_NEAR(output[i], function.expected(a[i], b[i]),
                      function.roundings * 0x1p-23)
              << function.name << ", element " << i << " of " << n;
        }
        for (size_t i = a.size(); i < output.size(); ++i) {
          ASSERT_EQ(output[i], kGuard) << function.name << " wrote behind the "
                                       << "end of " << n;
        }
      }
    }
  });
}

TEST(ElementwiseKernelTest, OutputMayBeAnInput) {
  ForEachTarget([] {
    for (const Function& function : Functions()) {
      const std::vector<float> a = RandomVector<float>(37, 1);
      const std::vector<float> b = RandomVector<float>(37, 2);
      std::vector<float> expected(37);
      function.kernel(37, a.data(), b.data(), expected.data());
      std::vector<float> output = a;
      if (std::strcmp(function.name, "AddTo") != 0) {
        function.kernel(37, output.data(), b.data(), output.data());
        EXPECT_EQ(output, expected) << function.name;
      }
      output = b;
      function.kernel(37, a.data(), output.data(), output.data());
      EXPECT_EQ(output, expected) << function.name;
    }
  });
}

// Each place of a vector, and of the rest behind the last one.
TEST(ElementwiseKernelTest, NanReachesItsElementAlone) {
  ForEachTarget([] {
    for (const Function& function : Functions()) {
      const bool compares =
          std::strcmp(function.name, "Step") == 0 ||
          std::strcmp(function.name, "ReluBackward") == 0 ||
          std::strcmp(function.name, "LeakyReluBackward") == 0;
      for (size_t place = 0; place < 23 && !compares; ++place) {
        std::vector<float> a = RandomVector<float>(23, 1);
        const std::vector<float> b = RandomVector<float>(23, 2);
        a[place] = kNan;
        std::vector<float> output(23);
        function.kernel(23, a.data(), b.data(), output.data());
        for (size_t i = 0; i < 23; ++i) {
          ASSERT_EQ(std::isnan(output[i]), i == place) << function.name;
        }
      }
    }
  });
}

TEST(ElementwiseKernelTest, SpecialValues) {
  ForEachTarget([] {
    const std::vector<float> x = {kNan, kInfinity, -kInfinity, -0.0f, 0, 1e30f};
    std::vector<float> y(6);
    ReluForward(6, x.data(), y.data());
    EXPECT_THAT(y, ElementsAre(IsNan(), kInfinity, 0, 0, 0, 1e30f));
    EXPECT_FALSE(std::signbit(y[3]));

    // As torch.nn.ReLU: the gradient passes where the output is NaN, and a
    // gradient of NaN stops where the output is 0.
    const std::vector<float> output = {kNan, 0, 0, 1, 1, 1};
    const std::vector<float> gradient = {2, 2, kNan, kNan, kInfinity, 3};
    ReluBackward(6, output.data(), gradient.data(), y.data());
    EXPECT_THAT(y, ElementsAre(2, 0, 0, IsNan(), kInfinity, 3));

    const std::vector<float> none = {kNan, 0, 0x1p-127f, 0x1p-126f, 0.5f, 1};
    LogProbability(6, none.data(), y.data());
    const float smallest = -87.33655f;
    EXPECT_THAT(y, ElementsAre(IsNan(), FloatEq(smallest), FloatEq(smallest),
                               FloatEq(smallest), FloatEq(-0.6931472f), 0));

    LeakyReluForward(6, x.data(), 0.5f, y.data());
    EXPECT_THAT(y, ElementsAre(IsNan(), kInfinity, -kInfinity, 0, 0, 1e30f));
    // By the input: half of it passes where that is not positive, or NaN.
    LeakyReluBackward(6, output.data(), gradient.data(), 0.5f, y.data());
    EXPECT_THAT(y, ElementsAre(1, 1, IsNan(), IsNan(), kInfinity, 3));

    GeluForward(6, x.data(), y.data());
    EXPECT_THAT(y, ElementsAre(IsNan(), kInfinity, 0, 0, 0, 1e30f));
    const std::vector<float> ones(6, 1);
    GeluBackward(6, x.data(), ones.data(), y.data());
    EXPECT_THAT(y, ElementsAre(IsNan(), 1, 0, FloatEq(0.5f), FloatEq(0.5f), 1));

    SigmoidForward(6, x.data(), y.data());
    EXPECT_THAT(y, ElementsAre(IsNan(), 1, 0, 0.5f, 0.5f, 1));
    SigmoidBackward(6, y.data(), gradient.data(), y.data());
    EXPECT_THAT(y, ElementsAre(IsNan(), 0, IsNan(), IsNan(), kInfinity, 0));

    TanhForward(6, x.data(), y.data());
    EXPECT_THAT(y, ElementsAre(IsNan(), 1, -1, 0, 0, 1));
    EXPECT_TRUE(std::signbit(y[3]));
    EXPECT_FALSE(std::signbit(y[4]));
    TanhBackward(6, output.data(), gradient.data(), y.data());
    EXPECT_THAT(y, ElementsAre(IsNan(), 2, IsNan(), IsNan(), IsNan(), 0));
  });
}

// How many units in the last place `value` is from `exact`; between 0 and the
// smallest normal number a unit is the smallest denormal number.
double UlpsBetween(float value, double exact) {
  int exponent;
  std::frexp(exact, &exponent);
  return std::abs(double{value} - exact) /
         std::ldexp(1, std::max(exponent - 24, -149));
}

// Every 4003rd float, of both signs: denormals and infinities too.
std::vector<float> FloatsOfAllMagnitudes() {
  constexpr uint32_t kInfinityBits = 0x7f800000;
  std::vector<float> floats = {kInfinity, -kInfinity};
  for (uint32_t bits = 0; bits < kInfinityBits; bits += 4003) {
    float x;
    std::memcpy(&x, &bits, sizeof(x));
    floats.push_back(x);
    floats.push_back(-x);
  }
  return floats;
}

// Whether the kernels' multiply-adds round once.
bool HasFusedMultiplyAdd() { return hwy::SupportedTargets() <= HWY_AVX2; }

// Checks error(kernel(x), function(x)) <= bound() for floats of all magnitudes
// and all instruction sets, and that the bound says something.
template <typename Kernel, typename Function, typename Error, typename Bound>
void ExpectErrors(const Kernel& kernel, const Function& function,
                  const Error& error, const Bound& bound) {
  const std::vector<float> x = FloatsOfAllMagnitudes();
  std::vector<double> expected(x.size());
  std::transform(x.begin(), x.end(), expected.begin(),
                 [&](float value) { return function(double{value}); });
  ForEachTarget([&] {
    std::vector<float> y(x.size());
    kernel(static_cast<int64_t>(x.size()), x.data(), y.data());
    double largest = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double e = error(y[i], expected[i]);
      ASSERT_LE(e, bound())
          << "f(" << x[i] << ") = " << y[i] << " instead of " << expected[i];
      largest = std::max(largest, e);
    }
    EXPECT_GT(largest, bound() / 3) << "compared with itself?";
  });
}

TEST(TanhTest, IsWithinTwoAndAHalfUlps) {
  ExpectErrors([](auto n, auto* x, auto* y) { TanhForward(n, x, y); },
               [](double x) { return std::tanh(x); },
               [](float value, double exact) {
                 EXPECT_LE(std::abs(value), 1);
                 return UlpsBetween(value, exact);
               },
               [] { return 2.5; });
}

// Where what is smaller than normal numbers may be 0.
double NormalUlpsBetween(float value, double exact) {
  constexpr double kSmallest = std::numeric_limits<float>::min();
  const bool both_small =
      std::abs(exact) < kSmallest && std::abs(value) <= kSmallest;
  return both_small || value == exact ? 0 : UlpsBetween(value, exact);
}

TEST(SigmoidTest, IsWithinTwoAndAHalfUlps) {
  ExpectErrors([](auto n, auto* x, auto* y) { SigmoidForward(n, x, y); },
               [](double x) { return x < -87 ? 0 : 1 / (1 + std::exp(-x)); },
               NormalUlpsBetween, [] { return 2.5; });
}

TEST(GeluTest, IsWithinFiveUlps) {
  ExpectErrors(
      [](auto n, auto* x, auto* y) { GeluForward(n, x, y); },
      [](double x) { return std::isinf(x) ? std::max(x, 0.0) : Gelu(x); },
      NormalUlpsBetween, [] { return HasFusedMultiplyAdd() ? 5 : 70; });
}

TEST(GeluTest, DerivativeIsWithinFourRoundingsOfOne) {
  ExpectErrors(
      [](auto n, auto* x, auto* y) {
        const std::vector<float> ones(static_cast<size_t>(n), 1);
        GeluBackward(n, x, ones.data(), y);
      },
      [](double x) { return std::isinf(x) ? x > 0 : GeluDerivative(x); },
      [](float value, double exact) { return std::abs(double{value} - exact); },
      [] { return 0x1p-22; });
}

TEST(ElementwiseKernelTest, SameBitsWithAvx2AndAvx512) {
  if (!HasAvx2AndAvx512()) GTEST_SKIP() << "this processor has not both";
  const std::vector<float> floats = FloatsOfAllMagnitudes();
  const auto n = static_cast<int64_t>(floats.size());
  std::vector<float> shifted = floats;
  std::rotate(shifted.begin(), shifted.begin() + 12'345, shifted.end());
  for (const Function& function : Functions()) {
    std::vector<std::vector<float>> results;
    for (const int64_t target : {HWY_AVX2, HWY_AVX3}) {
      ChooseTargets(target);
      std::vector<float> output(floats.size());
      function.kernel(n, floats.data(), shifted.data(), output.data());
      // A NaN is not equal to itself.
      for (float& value : output) value = std::isnan(value) ? 1e38f : value;
      results.push_back(output);
    }
    EXPECT_EQ(results[0], results[1]) << function.name;
  }
  ChooseTargets(0);
}

template <typename T>
class SumTest : public testing::Test {};
TYPED_TEST_SUITE(SumTest, NumberTypes, NumberTypeNames);

TYPED_TEST(SumTest, SumIsTheDefinition) {
  ForEachTarget([] {
    for (const int64_t n : Sizes()) {
      const auto values = RandomTensor<TypeParam>({n}, 1);
      ReferenceSum expected;
      ReferenceSum expected_squares;
      for (const double value : values.values()) {
        expected.Add(value);
        expected_squares.Add(value * value);
      }
      EXPECT_THAT(std::vector<TypeParam>{Sum(n, values.data())},
                  Pointwise(IsNearSum(), {expected}))
          << n << " values";
      EXPECT_THAT(std::vector<double>{SumOfSquares(n, values.data())},
                  Pointwise(IsNearSum(), {expected_squares}))
          << n << " values";
    }
  });
}

TYPED_TEST(SumTest, EveryValueCountsOnce) {
  ForEachTarget([] {
    for (int64_t n = 1; n <= 50; ++n) {
      // What lies behind the last value does not count.
      std::vector<TypeParam> values(static_cast<size_t>(n) + 16, 0);
      std::fill(values.begin() + n, values.end(), TypeParam{100});
      for (int64_t i = 0; i < n; ++i) {
        values[static_cast<size_t>(i)] = 2;
        EXPECT_EQ(Sum(n, values.data()), 2);
        EXPECT_EQ(SumOfSquares(n, values.data()), 4);
        values[static_cast<size_t>(i)] = 0;
      }
    }
  });
}

TYPED_TEST(SumTest, ColumnSumsAreAdded) {
  ForEachTarget([] {
    for (const int64_t rows : {0, 1, 5}) {
      for (int64_t cols = 0; cols <= 40; ++cols) {
        const auto matrix = RandomTensor<TypeParam>({rows, cols}, 1);
        auto sums = RandomTensor<TypeParam>({cols + 1}, 2);
        const TypeParam behind = sums(cols);
        std::vector<ReferenceSum> expected(static_cast<size_t>(cols));
        for (int64_t j = 0; j < cols; ++j) {
          ReferenceSum& sum = expected[static_cast<size_t>(j)];
          sum.Add(sums(j));
          for (int64_t i = 0; i < rows; ++i) sum.Add(matrix(i, j));
        }
        AddColumnSums(rows, cols, matrix.data(), sums.data());
        EXPECT_THAT(sums.values().first(static_cast<size_t>(cols)),
                    Pointwise(IsNearSum(), expected));
        EXPECT_EQ(sums(cols), behind);
      }
    }
  });
}

// 16 running sums of every sixteenth number, the later half added to the
// earlier one until one is left.
template <typename T>
T SumInOrder(const std::vector<T>& terms) {
  std::vector<T> sums(16);
  for (size_t i = 0; i < terms.size(); ++i) sums[i % 16] += terms[i];
  for (size_t half = 8; half > 0; half /= 2) {
    for (size_t j = 0; j < half; ++j) sums[j] += sums[j + half];
  }
  return sums[0];
}

// The order that records depend on.
TEST(SumOrderTest, HasOneOrder) {
  ForEachTarget([] {
    for (const int64_t n : Sizes()) {
      const std::vector<float> values = RandomVector<float>(n, 1);
      std::vector<double> squares;
      for (const double value : values) squares.push_back(value * value);
      EXPECT_EQ(Sum(n, values.data()), SumInOrder(values)) << n << " values";
      EXPECT_EQ(SumOfSquares(n, values.data()), SumInOrder(squares))
          << n << " values";
    }
  });
}

TEST(SumOrderTest, ColumnsAreSummedFromTheFirstRowToTheLast) {
  constexpr int64_t kRows = 11, kCols = 37;
  const std::vector<float> matrix = RandomVector<float>(kRows * kCols, 1);
  std::vector<float> expected = RandomVector<float>(kCols, 2);
  const std::vector<float> before = expected;
  for (size_t i = 0; i < matrix.size(); ++i) expected[i % kCols] += matrix[i];
  ForEachTarget([&] {
    std::vector<float> sums = before;
    AddColumnSums(kRows, kCols, matrix.data(), sums.data());
    EXPECT_EQ(sums, expected);
  });
}

}  // namespace
}  // namespace minidl::kernels
