#include "tensor/layer_norm.h"

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
using ::testing::IsEmpty;

constexpr double kEpsilon = 0.01;

template <typename T>
class LayerNormTest : public testing::Test {};
TYPED_TEST_SUITE(LayerNormTest, NumberTypes, NumberTypeNames);

// Moments are in double, so that errors are those of a few roundings of numbers
// of up to `magnitude`.
template <typename T>
double Tolerance(double magnitude) {
  return 4 * magnitude * std::numeric_limits<T>::epsilon() + 1e-12 * magnitude;
}

TYPED_TEST(LayerNormTest, IsTheDefinition) {
  // Rows that are worked on in several groups, and row by row.
  for (const int64_t size : {1, 7, 48, 5000}) {
    SCOPED_TRACE(size);
    constexpr int64_t kRows = 50;
    const auto input = RandomTensor<TypeParam>({kRows, size}, 1);
    const auto weight = RandomTensor<TypeParam>({size}, 2);
    const auto bias = RandomTensor<TypeParam>({size}, 3);
    const auto gradient = RandomTensor<TypeParam>({kRows, size}, 4);
    RowMoments moments;
    Tensor<TypeParam> output;
    Tensor<TypeParam> weight_gradient({size});
    Tensor<TypeParam> bias_gradient({size});
    Tensor<TypeParam> input_gradient;
    LayerNormForward(input, weight, bias, kEpsilon, moments, output);
    LayerNormBackward(input, weight, moments, gradient, weight_gradient,
                      bias_gradient, &input_gradient);
    ASSERT_EQ(output.shape(), input.shape());
    ASSERT_EQ(input_gradient.shape(), input.shape());

    const auto count = static_cast<double>(size);
    const auto width = static_cast<size_t>(size);
    std::vector<double> weight_sums(width), bias_sums(width);
    for (int64_t n = 0; n < kRows; ++n) {
      double mean = 0;
      double variance = 0;
      for (const TypeParam x : input.Outer(n)) mean += x / count;
      for (const TypeParam x : input.Outer(n)) {
        variance += (x - mean) * (x - mean) / count;
      }
      const double scale = 1 / std::sqrt(variance + kEpsilon);
      const auto z = [&](int64_t i) { return (input(n, i) - mean) * scale; };
      const auto g = [&](int64_t i) {
        return double{weight(i)} * double{gradient(n, i)};
      };
      double g_mean = 0;
      double gz_mean = 0;
      for (int64_t i = 0; i < size; ++i) {
        g_mean += g(i) / count;
        gz_mean += g(i) * z(i) / count;
        weight_sums[i] += gradient(n, i) * z(i);
        bias_sums[i] += gradient(n, i);
      }
      // z is up to 10, where all values are the same but for epsilon.
      for (int64_t i = 0; i < size; ++i) {
        ASSERT_NEAR(output(n, i), weight(i) * z(i) + bias(i),
                    Tolerance<TypeParam>(10));
        ASSERT_NEAR(input_gradient(n, i),
                    scale * (g(i) - g_mean - z(i) * gz_mean),
                    Tolerance<TypeParam>(30));
      }
    }
    // Sums of as many numbers, one after the other.
    for (int64_t i = 0; i < size; ++i) {
      ASSERT_NEAR(weight_gradient(i), weight_sums[i],
                  Tolerance<TypeParam>(kRows));
      ASSERT_NEAR(bias_gradient(i), bias_sums[i], Tolerance<TypeParam>(kRows));
    }
  }
}

// Whatever dimensions there are before those of the weight, and in it.
TYPED_TEST(LayerNormTest, RowsAreTheLastDimensions) {
  const auto values = RandomTensor<TypeParam>({24, 5}, 1);
  const auto weights = RandomTensor<TypeParam>({5}, 2);
  RowMoments moments;
  Tensor<TypeParam> expected;
  LayerNormForward(values, weights, weights, kEpsilon, moments, expected);
  for (const Shape& shape : {Shape{2, 3, 4, 5}, {24, 1, 5}, {6, 4, 5}}) {
    for (const Shape& row : {Shape{5}, {1, 5}}) {
      if (row.rank() == 2 && shape[shape.rank() - 2] != 1) continue;
      Tensor<TypeParam> input = values.Clone();
      input.Reshape(shape);
      Tensor<TypeParam> weight = weights.Clone();
      weight.Reshape(row);
      Tensor<TypeParam> output;
      LayerNormForward(input, weight, weight, kEpsilon, moments, output);
      EXPECT_EQ(output.shape(), shape);
      EXPECT_EQ(output.values(), expected.values());
      EXPECT_EQ(moments.mean.shape(), (Shape{24}));
    }
  }
}

TYPED_TEST(LayerNormTest, EmptyBatch) {
  const Tensor<TypeParam> input({0, 2});
  const Tensor<TypeParam> parameter({2}, {1, 1});
  RowMoments moments;
  Tensor<TypeParam> output;
  LayerNormForward(input, parameter, parameter, kEpsilon, moments, output);
  EXPECT_THAT(output.values(), IsEmpty());
  Tensor<TypeParam> sum({2});
  Tensor<TypeParam> input_gradient;
  LayerNormBackward(input, parameter, moments, input, sum, sum,
                    &input_gradient);
  EXPECT_THAT(sum.values(), ElementsAre(0, 0));
}

TEST(LayerNormDeathTest, ShapesMustFit) {
  const Tensor<float> input({4, 3});
  const Tensor<float> three({3});
  const Tensor<float> two({2});
  RowMoments moments;
  Tensor<float> output;
  EXPECT_DEATH(LayerNormForward(input, two, two, 1, moments, output),
               "LayerNormForward: weight \\[2\\] for input \\[4, 3\\]");
  EXPECT_DEATH(LayerNormForward(three, input, input, 1, moments, output),
               "LayerNormForward: weight \\[4, 3\\] for input \\[3\\]");
  EXPECT_DEATH(LayerNormForward(input, three, two, 1, moments, output),
               "LayerNormForward: bias \\[2\\] for weight \\[3\\]");
  Tensor<float> gradient({3});
  EXPECT_DEATH(LayerNormBackward<float>(input, three, moments, input, gradient,
                                        gradient, nullptr),
               "LayerNormBackward: moments \\[0\\] and \\[0\\] for 4 rows");
  LayerNormForward(input, three, three, 1, moments, output);
  EXPECT_DEATH(LayerNormBackward<float>(input, three, moments, two, gradient,
                                        gradient, nullptr),
               "LayerNormBackward: output gradient \\[2\\] for input "
               "\\[4, 3\\]");
  Tensor<float> small({2});
  EXPECT_DEATH(LayerNormBackward<float>(input, three, moments, input, small,
                                        gradient, nullptr),
               "LayerNormBackward: gradients \\[2\\] and \\[3\\] for weight "
               "\\[3\\]");
}

}  // namespace
}  // namespace minidl
