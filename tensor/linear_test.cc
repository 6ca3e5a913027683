#include "tensor/linear.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/reference_sum_testutil.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Pointwise;

// Around the sizes of the matrix product's tiles (tensor/kernels/matmul.cc).
struct Size {
  int64_t batch, in, out;
};
std::vector<Size> Sizes() {
  std::vector<Size> sizes;
  for (const int64_t batch : {1, 2, 5, 13}) {
    for (const int64_t in : {1, 2, 16, 33}) {
      for (const int64_t out : {1, 2, 15, 17})
        sizes.push_back({batch, in, out});
    }
  }
  return sizes;
}

template <typename T>
class LinearTest : public testing::Test {};
TYPED_TEST_SUITE(LinearTest, NumberTypes, NumberTypeNames);

TYPED_TEST(LinearTest, ForwardIsTheDefinition) {
  Tensor<TypeParam> output;
  Tensor<TypeParam> workspace;
  for (const auto& [batch, in, out] : Sizes()) {
    const auto input = RandomTensor<TypeParam>({batch, in}, 1);
    const auto weight = RandomTensor<TypeParam>({out, in}, 2);
    const auto bias = RandomTensor<TypeParam>({out}, 3);
    std::vector<ReferenceSum> expected;
    for (int64_t n = 0; n < batch; ++n) {
      for (int64_t o = 0; o < out; ++o) {
        ReferenceSum& sum = expected.emplace_back();
        sum.Add(bias(o));
        for (int64_t i = 0; i < in; ++i) {
          sum.Add(double{input(n, i)} * double{weight(o, i)});
        }
      }
    }
    LinearForward(input, weight, bias, output, workspace);
    ASSERT_EQ(output.shape(), (Shape{batch, out}));
    ASSERT_THAT(output.values(), Pointwise(IsNearSum(), expected))
        << batch << "×" << in << " to " << out;
  }
}

TYPED_TEST(LinearTest, BackwardIsTheDefinition) {
  Tensor<TypeParam> input_gradient;
  Tensor<TypeParam> workspace;
  for (const auto& [batch, in, out] : Sizes()) {
    const auto input = RandomTensor<TypeParam>({batch, in}, 1);
    const auto weight = RandomTensor<TypeParam>({out, in}, 2);
    const auto output_gradient = RandomTensor<TypeParam>({batch, out}, 3);
    // What gradients hold before is kept, and added to.
    auto weight_gradient = RandomTensor<TypeParam>({out, in}, 4);
    auto bias_gradient = RandomTensor<TypeParam>({out}, 5);

    std::vector<ReferenceSum> expected_weight;
    std::vector<ReferenceSum> expected_bias;
    std::vector<ReferenceSum> expected_input(static_cast<size_t>(batch * in));
    for (int64_t o = 0; o < out; ++o) {
      ReferenceSum& bias_sum = expected_bias.emplace_back();
      bias_sum.Add(bias_gradient(o));
      for (int64_t n = 0; n < batch; ++n) bias_sum.Add(output_gradient(n, o));
      for (int64_t i = 0; i < in; ++i) {
        ReferenceSum& weight_sum = expected_weight.emplace_back();
        weight_sum.Add(weight_gradient(o, i));
        for (int64_t n = 0; n < batch; ++n) {
          const double gradient = output_gradient(n, o);
          weight_sum.Add(gradient * double{input(n, i)});
          expected_input[static_cast<size_t>(n * in + i)].Add(
              gradient * double{weight(o, i)});
        }
      }
    }

    LinearBackward(input, weight, output_gradient, weight_gradient,
                   bias_gradient, &input_gradient, workspace);
    ASSERT_THAT(weight_gradient.values(),
                Pointwise(IsNearSum(), expected_weight));
    ASSERT_THAT(bias_gradient.values(), Pointwise(IsNearSum(), expected_bias));
    ASSERT_EQ(input_gradient.shape(), input.shape());
    ASSERT_THAT(input_gradient.values(), Pointwise(IsNearSum(), expected_input))
        << batch << "×" << in << " to " << out;
  }
}

TYPED_TEST(LinearTest, WithoutInputGradientTheOthersAreTheSame) {
  const auto input = RandomTensor<TypeParam>({5, 3}, 1);
  const auto weight = RandomTensor<TypeParam>({4, 3}, 2);
  const auto output_gradient = RandomTensor<TypeParam>({5, 4}, 3);
  Tensor<TypeParam> workspace;
  Tensor<TypeParam> input_gradient;
  Tensor<TypeParam> weight_gradient({4, 3});
  Tensor<TypeParam> bias_gradient({4});
  LinearBackward(input, weight, output_gradient, weight_gradient, bias_gradient,
                 &input_gradient, workspace);
  Tensor<TypeParam> weight_alone({4, 3});
  Tensor<TypeParam> bias_alone({4});
  LinearBackward<TypeParam>(input, weight, output_gradient, weight_alone,
                            bias_alone, nullptr, workspace);
  EXPECT_EQ(weight_alone.values(), weight_gradient.values());
  EXPECT_EQ(bias_alone.values(), bias_gradient.values());
}

// f(2 x - y / 2) = 2 f(x) - f(y) / 2, where both sides are sums of as many
// products.
TYPED_TEST(LinearTest, IsLinearWithoutBias) {
  const auto weight = RandomTensor<TypeParam>({17, 33}, 1);
  const Tensor<TypeParam> no_bias({17});
  Tensor<TypeParam> workspace;
  const auto multiply = [&](const Tensor<TypeParam>& input) {
    Tensor<TypeParam> output;
    LinearForward(input, weight, no_bias, output, workspace);
    return output;
  };
  const auto x = RandomTensor<TypeParam>({5, 33}, 2);
  const auto y = RandomTensor<TypeParam>({5, 33}, 3);
  Tensor<TypeParam> combination({5, 33});
  for (int64_t i = 0; i < x.size(); ++i) {
    combination.data()[i] = 2 * x.data()[i] - y.data()[i] / 2;
  }
  const Tensor<TypeParam> of_x = multiply(x);
  const Tensor<TypeParam> of_y = multiply(y);
  const Tensor<TypeParam> actual = multiply(combination);
  // 33 products below 2.5, and a rounding for each of them and each sum.
  const double tolerance =
      33 * 2.5 * 2 * 34 * std::numeric_limits<TypeParam>::epsilon();
  for (int64_t i = 0; i < actual.size(); ++i) {
    const double expected =
        2 * double{of_x.data()[i]} - double{of_y.data()[i]} / 2;
    ASSERT_NEAR(actual.data()[i], expected, tolerance);
    ASSERT_NE(expected, 0);
  }
}

TYPED_TEST(LinearTest, EmptyBatch) {
  const Tensor<TypeParam> input({0, 3});
  const auto weight = RandomTensor<TypeParam>({2, 3}, 1);
  const auto bias = RandomTensor<TypeParam>({2}, 2);
  Tensor<TypeParam> output;
  Tensor<TypeParam> workspace;
  LinearForward(input, weight, bias, output, workspace);
  EXPECT_EQ(output.shape(), (Shape{0, 2}));

  Tensor<TypeParam> weight_gradient({2, 3});
  Tensor<TypeParam> bias_gradient({2});
  Tensor<TypeParam> input_gradient;
  LinearBackward(input, weight, output, weight_gradient, bias_gradient,
                 &input_gradient, workspace);
  EXPECT_EQ(input_gradient.shape(), (Shape{0, 3}));
  EXPECT_THAT(weight_gradient.values(), Each(0));
  EXPECT_THAT(bias_gradient.values(), Each(0));
}

TEST(LinearExampleTest, ByHand) {
  const Tensor<float> input({1, 2}, {10, 100});
  const Tensor<float> weight({3, 2}, {1, 2, 3, 4, 5, 6});
  const Tensor<float> bias({3}, {0.5, 0.25, 0.125});
  Tensor<float> output;
  Tensor<float> workspace;
  LinearForward(input, weight, bias, output, workspace);
  EXPECT_THAT(output.values(), ElementsAre(210.5, 430.25, 650.125));
}

TEST(LinearDeathTest, ShapesThatDoNotFit) {
  const Tensor<float> input({5, 3});
  const Tensor<float> weight({4, 3});
  Tensor<float> bias({4});
  Tensor<float> output;
  Tensor<float> workspace;
  EXPECT_DEATH(
      LinearForward(Tensor<float>({5, 2}), weight, bias, output, workspace),
      "LinearForward: input \\[5, 2\\] and weight \\[4, 3\\]");
  EXPECT_DEATH(
      LinearForward(Tensor<float>({3}), weight, bias, output, workspace),
      "LinearForward: input \\[3\\] and weight \\[4, 3\\]");
  EXPECT_DEATH(
      LinearForward(input, weight, Tensor<float>({3}), output, workspace),
      "LinearForward: bias \\[3\\] does not fit weight \\[4, 3\\]");

  Tensor<float> weight_gradient({4, 3});
  EXPECT_DEATH(
      LinearBackward(input, weight, Tensor<float>({5, 3}), weight_gradient,
                     bias, &output, workspace),
      "LinearBackward: output gradient \\[5, 3\\] .* output is \\[5, 4\\]");
  Tensor<float> transposed({3, 4});
  EXPECT_DEATH(
      LinearBackward(input, weight, Tensor<float>({5, 4}), transposed, bias,
                     &output, workspace),
      "LinearBackward: weight gradient \\[3, 4\\] and weight \\[4, 3\\]");
}

}  // namespace
}  // namespace minidl
