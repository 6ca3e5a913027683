#include "tensor/elementwise.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsNan;

template <typename T>
class ElementwiseTest : public testing::Test {
 protected:
  static constexpr T kNan = std::numeric_limits<T>::quiet_NaN();
  static constexpr T kInfinity = std::numeric_limits<T>::infinity();
};
TYPED_TEST_SUITE(ElementwiseTest, NumberTypes, NumberTypeNames);

// For every size up to a few vectors: compares `operation`(a, b, output) with
// function(a_i, b_i), to the bit.
template <typename T, typename Operation, typename Function>
void TestBinary(const Operation& operation, const Function& function) {
  for (int64_t size = 0; size < 70; ++size) {
    const Tensor<T> a = RandomTensor<T>({1, size}, 1);
    const Tensor<T> b = RandomTensor<T>({1, size}, 2);
    Tensor<T> output;
    operation(a, b, output);
    ASSERT_EQ(output.shape(), a.shape());
    for (int64_t i = 0; i < size; ++i) {
      ASSERT_EQ(output(0, i), function(a(0, i), b(0, i)))
          << i << " of " << size;
    }
  }
}

TYPED_TEST(ElementwiseTest, Multiply) {
  TestBinary<TypeParam>(Multiply<TypeParam>,
                        [](TypeParam a, TypeParam b) { return a * b; });
}

TYPED_TEST(ElementwiseTest, Add) {
  TestBinary<TypeParam>(Add<TypeParam>,
                        [](TypeParam a, TypeParam b) { return a + b; });
}

TYPED_TEST(ElementwiseTest, Subtract) {
  TestBinary<TypeParam>(Subtract<TypeParam>,
                        [](TypeParam a, TypeParam b) { return a - b; });
}

TYPED_TEST(ElementwiseTest, AddTo) {
  TestBinary<TypeParam>(
      [](const auto& a, const auto& b, auto& output) {
        output = b.Clone();
        AddTo(a, output);
      },
      [](TypeParam a, TypeParam b) { return b + a; });
}

TYPED_TEST(ElementwiseTest, Scale) {
  constexpr TypeParam kFactor = 0.3f;
  TestBinary<TypeParam>([](const auto& a, const auto& /*b*/,
                           auto& output) { Scale(a, kFactor, output); },
                        [](TypeParam a, TypeParam) { return kFactor * a; });
}

TYPED_TEST(ElementwiseTest, Clamp) {
  constexpr TypeParam kLimit = 0.3f;
  TestBinary<TypeParam>(
      [](const auto& a, const auto& /*b*/, auto& output) {
        Clamp(a, kLimit, output);
      },
      [](TypeParam a, TypeParam) {
        return a < -kLimit ? -kLimit : a > kLimit ? kLimit : a;
      });
  Tensor<TypeParam> output;
  Clamp(Tensor<TypeParam>({3}, {this->kNan, this->kInfinity, -this->kInfinity}),
        kLimit, output);
  EXPECT_THAT(output.values(), ElementsAre(IsNan(), kLimit, -kLimit));
}

TYPED_TEST(ElementwiseTest, ReluForward) {
  TestBinary<TypeParam>([](const auto& a, const auto& /*b*/,
                           auto& output) { ReluForward(a, output); },
                        [](TypeParam a, TypeParam) { return a > 0 ? a : 0; });
}

TYPED_TEST(ElementwiseTest, ReluBackward) {
  TestBinary<TypeParam>(
      ReluBackward<TypeParam>,
      [](TypeParam output, TypeParam g) { return output > 0 ? g : 0; });
}

TYPED_TEST(ElementwiseTest, LeakyRelu) {
  constexpr TypeParam kSlope = 0.3f;
  TestBinary<TypeParam>(
      [](const auto& a, const auto& /*b*/, auto& output) {
        LeakyReluForward(a, kSlope, output);
      },
      [](TypeParam a, TypeParam) { return a > 0 ? a : kSlope * a; });
  TestBinary<TypeParam>(
      [](const auto& a, const auto& b, auto& output) {
        LeakyReluBackward(a, b, kSlope, output);
      },
      [](TypeParam a, TypeParam g) { return a > 0 ? g : kSlope * g; });
}

// torch.nn.functional.gelu, its derivative and torch.sigmoid of numbers in
// double precision, by PyTorch 1.13.
TYPED_TEST(ElementwiseTest, GeluAndSigmoidArePyTorchs) {
  const Tensor<TypeParam> input({6}, {-3, -0.75f, TypeParam(-0.1), 0, 0.5f, 2});
  const auto expect = [](const Tensor<TypeParam>& actual,
                         const std::vector<double>& expected) {
    ASSERT_EQ(actual.shape(), (Shape{6}));
    for (int64_t i = 0; i < actual.size(); ++i) {
      // The expected values have 9 decimals.
      EXPECT_NEAR(actual(i), expected[static_cast<size_t>(i)],
                  2 * std::numeric_limits<TypeParam>::epsilon() + 5e-10);
    }
  };
  Tensor<TypeParam> output;
  GeluForward(input, output);
  expect(output, {-0.004049694, -0.169970514, -0.046017216, 0, 0.345731231,
                  1.954499736});
  Tensor<TypeParam> ones({6});
  ones.Fill(1);
  Tensor<TypeParam> gradient;
  GeluBackward(input, ones, gradient);
  expect(gradient, {-0.011945647, 0.000774278, 0.420476908, 0.5, 0.867495125,
                    1.085231801});
  SigmoidForward(input, output);
  expect(output, {0.047425873, 0.320821301, 0.475020813, 0.5, 0.622459331,
                  0.880797078});
}

TYPED_TEST(ElementwiseTest, SigmoidBackward) {
  const Tensor<TypeParam> output({4}, {0, 0.25f, 0.5f, 1});
  const Tensor<TypeParam> gradient({4}, {2, 16, -4, 2});
  Tensor<TypeParam> input_gradient;
  SigmoidBackward(output, gradient, input_gradient);
  EXPECT_THAT(input_gradient.values(), ElementsAre(0, 3, -1, 0));
}

TYPED_TEST(ElementwiseTest, TanhBackward) {
  const auto y = RandomTensor<TypeParam>({1, 70}, 1);
  const auto gradient = RandomTensor<TypeParam>({1, 70}, 2);
  Tensor<TypeParam> input_gradient;
  TanhBackward(y, gradient, input_gradient);
  ASSERT_EQ(input_gradient.shape(), y.shape());
  for (int64_t i = 0; i < y.size(); ++i) {
    // With or without the rounding of y².
    ASSERT_NEAR(input_gradient(0, i),
                double{gradient(0, i)} * (1 - double{y(0, i)} * y(0, i)),
                2 * std::numeric_limits<TypeParam>::epsilon());
  }
}

TYPED_TEST(ElementwiseTest, TanhForwardIsTheHyperbolicTangent) {
  // tanh(x) = (e^2x - 1) / (e^2x + 1), in long double.
  const auto input = RandomTensor<TypeParam>({1000}, 1);
  Tensor<TypeParam> scaled;
  Tensor<TypeParam> output;
  for (const TypeParam scale : {0.001f, 1.0f, 10.0f}) {
    Scale(input, scale, scaled);
    TanhForward(scaled, output);
    for (int64_t i = 0; i < input.size(); ++i) {
      const long double e = std::expm1(2.0L * scaled(i));
      const auto expected = static_cast<double>(e / (e + 2));
      ASSERT_NEAR(
          output(i), expected,
          2 * std::numeric_limits<TypeParam>::epsilon() * std::abs(expected));
    }
  }
}

TYPED_TEST(ElementwiseTest, ReluOfSpecialValues) {
  const auto nan = this->kNan;
  const auto infinity = this->kInfinity;
  const Tensor<TypeParam> input({6},
                                {nan, infinity, -infinity, -TypeParam{0}, 0,
                                 std::numeric_limits<TypeParam>::min()});
  Tensor<TypeParam> output;
  ReluForward(input, output);
  EXPECT_THAT(output.values(),
              ElementsAre(IsNan(), infinity, 0, 0, 0,
                          std::numeric_limits<TypeParam>::min()));
  EXPECT_FALSE(std::signbit(output(3))) << "-0";

  // A NaN reaches the gradient by whichever way it comes.
  Tensor<TypeParam> gradient;
  ReluBackward(Tensor<TypeParam>({4}, {nan, 0, 0, 1}),
               Tensor<TypeParam>({4}, {2, 2, nan, nan}), gradient);
  EXPECT_THAT(gradient.values(), ElementsAre(2, 0, 0, IsNan()));
}

TYPED_TEST(ElementwiseTest, TanhOfSpecialValues) {
  const auto infinity = this->kInfinity;
  const Tensor<TypeParam> input({5},
                                {this->kNan, infinity, -infinity, 1e30f, 0});
  Tensor<TypeParam> output;
  TanhForward(input, output);
  EXPECT_THAT(output.values(), ElementsAre(IsNan(), 1, -1, 1, 0));
  Tensor<TypeParam> gradient;
  TanhBackward(output, Tensor<TypeParam>({5}, {1, 1, 1, 1, 1}), gradient);
  EXPECT_THAT(gradient.values(), ElementsAre(IsNan(), 0, 0, 0, 1));
}

TYPED_TEST(ElementwiseTest, ArithmeticOfSpecialValues) {
  const auto nan = this->kNan;
  const auto infinity = this->kInfinity;
  const Tensor<TypeParam> a({3}, {nan, infinity, 0});
  const Tensor<TypeParam> b({3}, {1, infinity, infinity});
  Tensor<TypeParam> output;
  Multiply(a, b, output);
  EXPECT_THAT(output.values(), ElementsAre(IsNan(), infinity, IsNan()));
  Add(a, b, output);
  EXPECT_THAT(output.values(), ElementsAre(IsNan(), infinity, infinity));
  Subtract(a, b, output);
  EXPECT_THAT(output.values(), ElementsAre(IsNan(), IsNan(), -infinity));
  Scale(a, TypeParam{0}, output);
  EXPECT_THAT(output.values(), ElementsAre(IsNan(), IsNan(), 0));
  Tensor<TypeParam> sum = b.Clone();
  AddTo(a, sum);
  EXPECT_THAT(sum.values(), ElementsAre(IsNan(), infinity, infinity));
}

// The exact logarithms; that of 0 is of the smallest normal float in both
// types.
TYPED_TEST(ElementwiseTest, LogProbabilityOfZero) {
  Tensor<TypeParam> logarithms({4});
  LogProbability(Tensor<TypeParam>({4}, {0, 0x1p-126, 0.25, 1}), logarithms);
  EXPECT_NEAR(logarithms(0), -126 * std::log(2.0), 1e-5);
  EXPECT_EQ(logarithms(1), logarithms(0));
  EXPECT_NEAR(logarithms(2), -2 * std::log(2.0), 1e-6);
  EXPECT_EQ(logarithms(3), 0);
}

TYPED_TEST(ElementwiseTest, SumOfSquares) {
  const Tensor<TypeParam> input({2, 2}, {1, -2, 3, 0.5f});
  EXPECT_EQ(SumOfSquares(input), 14.25);
  EXPECT_EQ(SumOfSquares(Tensor<TypeParam>({0})), 0);
  // In double, where the square is too large for a float.
  EXPECT_EQ(SumOfSquares(Tensor<TypeParam>({1}, {0x1p100f})), 0x1p200);
  EXPECT_THAT(SumOfSquares(Tensor<TypeParam>({2}, {this->kNan, 1})), IsNan());
}

TEST(ElementwiseDeathTest, ShapesThatDiffer) {
  const Tensor<float> a({2, 3});
  const Tensor<float> b({3, 2});
  Tensor<float> output({3, 2});
  EXPECT_DEATH(Multiply(a, b, output),
               "Multiply: shapes \\[2, 3\\] and \\[3, 2\\] differ");
  EXPECT_DEATH(Add(a, b, output),
               "Add: shapes \\[2, 3\\] and \\[3, 2\\] differ");
  EXPECT_DEATH(Subtract(a, b, output),
               "Subtract: shapes \\[2, 3\\] and \\[3, 2\\] differ");
  EXPECT_DEATH(AddTo(a, output),
               "AddTo: shapes \\[2, 3\\] and \\[3, 2\\] differ");
  EXPECT_DEATH(Clamp(a, -1.0f, output), "Clamp: limit -1");
  EXPECT_DEATH(ReluBackward(a, b, output),
               "ReluBackward: shapes \\[2, 3\\] and \\[3, 2\\] differ");
  EXPECT_DEATH(LeakyReluBackward(a, b, 0.1f, output),
               "LeakyReluBackward: shapes \\[2, 3\\] and \\[3, 2\\] differ");
  EXPECT_DEATH(GeluBackward(a, b, output),
               "GeluBackward: shapes \\[2, 3\\] and \\[3, 2\\] differ");
  EXPECT_DEATH(SigmoidBackward(a, b, output),
               "SigmoidBackward: shapes \\[2, 3\\] and \\[3, 2\\] differ");
  EXPECT_DEATH(TanhBackward(a, b, output),
               "TanhBackward: shapes \\[2, 3\\] and \\[3, 2\\] differ");
}

}  // namespace
}  // namespace minidl
