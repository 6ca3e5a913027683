#include "tensor/batch_norm.h"

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
class BatchNormTest : public testing::Test {};
TYPED_TEST_SUITE(BatchNormTest, NumberTypes, NumberTypeNames);

// Groups of channels of every kind: 16 and a rest, as lanes and as runs; and of
// channels so large that each is a group.
const Shape kShapes[] = {{2, 1},     {5, 40},       {3, 20, 2},
                         {1, 3, 50}, {4, 3, 5, 17}, {90, 3, 30, 30}};

// Calls body(c, i) for the values of a batch, each with its channel.
template <typename Body>
void ForEachValue(const Shape& shape, const Body& body) {
  const int64_t example = shape.WithoutOuter().num_elements();
  for (int64_t i = 0; i < shape.num_elements(); ++i) {
    body(i % example / (example / shape[1]), i);
  }
}

// Sums are in double, so that errors are those of a few roundings of numbers of
// up to `magnitude`.
template <typename T>
double Tolerance(double magnitude) {
  return 4 * magnitude * std::numeric_limits<T>::epsilon() + 1e-12 * magnitude;
}

TYPED_TEST(BatchNormTest, IsTheDefinition) {
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(shape);
    const int64_t channels = shape[1];
    const auto input = RandomTensor<TypeParam>(shape, 1);
    const auto weight = RandomTensor<TypeParam>({channels}, 2);
    const auto bias = RandomTensor<TypeParam>({channels}, 3);
    const auto gradient = RandomTensor<TypeParam>(shape, 4);
    ChannelMoments moments;
    Tensor<TypeParam> output;
    BatchNormForward(input, weight, bias, kEpsilon, moments, output);
    auto weight_gradient = RandomTensor<TypeParam>({channels}, 5);
    auto bias_gradient = RandomTensor<TypeParam>({channels}, 6);
    Tensor<TypeParam> input_gradient;
    const auto size = static_cast<double>(ValuesPerChannel(shape));
    EXPECT_EQ(size * static_cast<double>(channels), shape.num_elements());

    // Sums over each channel: of x, of the deviations' squares, of g, and of g
    // z where z is the normalised value.
    const auto count = static_cast<size_t>(channels);
    std::vector<double> x(count), square(count), g(count), gz(count);
    ForEachValue(shape, [&](int64_t c, int64_t i) { x[c] += input.data()[i]; });
    ForEachValue(shape, [&](int64_t c, int64_t i) {
      square[c] += std::pow(input.data()[i] - x[c] / size, 2);
    });
    const auto scale = [&](int64_t c) {
      return 1 / std::sqrt(square[c] / size + kEpsilon);
    };
    const auto z = [&](int64_t c, int64_t i) {
      return (input.data()[i] - x[c] / size) * scale(c);
    };
    ForEachValue(shape, [&](int64_t c, int64_t i) {
      g[c] += gradient.data()[i];
      gz[c] += gradient.data()[i] * z(c, i);
    });
    for (int64_t c = 0; c < channels; ++c) {
      ASSERT_NEAR(moments.mean(c), x[c] / size, 1e-14);
      ASSERT_NEAR(moments.variance(c), square[c] / size, 1e-13);
    }
    // z is up to 10, where all values are the same but for epsilon.
    ASSERT_EQ(output.shape(), shape);
    ForEachValue(shape, [&](int64_t c, int64_t i) {
      ASSERT_NEAR(output.data()[i], weight(c) * z(c, i) + bias(c),
                  Tolerance<TypeParam>(10));
    });
    const Tensor<TypeParam> weight_before = weight_gradient.Clone();
    const Tensor<TypeParam> bias_before = bias_gradient.Clone();
    BatchNormBackward(input, weight, kEpsilon, moments, gradient,
                      weight_gradient, bias_gradient, &input_gradient);
    ASSERT_EQ(input_gradient.shape(), shape);
    for (int64_t c = 0; c < channels; ++c) {
      ASSERT_NEAR(weight_gradient(c), weight_before(c) + gz[c],
                  Tolerance<TypeParam>(1 + std::abs(gz[c])));
      ASSERT_NEAR(bias_gradient(c), bias_before(c) + g[c],
                  Tolerance<TypeParam>(1 + std::abs(g[c])));
    }
    // The terms are up to 10 times g and its means.
    ForEachValue(shape, [&](int64_t c, int64_t i) {
      ASSERT_NEAR(
          input_gradient.data()[i],
          weight(c) * scale(c) *
              (gradient.data()[i] - g[c] / size - z(c, i) * gz[c] / size),
          Tolerance<TypeParam>(30));
    });
  }
}

TYPED_TEST(BatchNormTest, EvaluationIsALinearFunction) {
  const Tensor<TypeParam> input({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  const Tensor<TypeParam> weight({2}, {2, 3});
  const Tensor<TypeParam> bias({2}, {-1, 1});
  ChannelMoments moments;
  moments.mean = Tensor<double>({2}, {1, 4});
  moments.variance = Tensor<double>({2}, {0.25 - kEpsilon, 4 - kEpsilon});
  Tensor<TypeParam> output;
  BatchNormEvaluate(input, weight, bias, kEpsilon, moments, output);
  EXPECT_THAT(output.values(), ElementsAre(-1, 3, -0.5, 1, 15, 19, 5.5, 7));

  const Tensor<TypeParam> gradient({2, 2, 2}, {1, 0, 0, 1, 0, 1, 0, 1});
  Tensor<TypeParam> weight_gradient({2}, {100, 100});
  Tensor<TypeParam> bias_gradient({2}, {100, 100});
  Tensor<TypeParam> input_gradient;
  BatchNormEvaluateBackward(input, weight, kEpsilon, moments, gradient,
                            weight_gradient, bias_gradient, &input_gradient);
  EXPECT_THAT(input_gradient.values(), ElementsAre(4, 0, 0, 1.5, 0, 4, 0, 1.5));
  EXPECT_THAT(weight_gradient.values(), ElementsAre(110, 102));
  EXPECT_THAT(bias_gradient.values(), ElementsAre(102, 102));
}

TYPED_TEST(BatchNormTest, EmptyBatchInEvaluation) {
  const Tensor<TypeParam> input({0, 2});
  Tensor<TypeParam> parameter({2}, {1, 1});
  const ChannelMoments moments = {Tensor<double>({2}), Tensor<double>({2})};
  Tensor<TypeParam> output;
  BatchNormEvaluate(input, parameter, parameter, kEpsilon, moments, output);
  EXPECT_THAT(output.values(), IsEmpty());
  Tensor<TypeParam> input_gradient;
  Tensor<TypeParam> sum({2});
  BatchNormEvaluateBackward(input, parameter, kEpsilon, moments, input, sum,
                            sum, &input_gradient);
  EXPECT_THAT(sum.values(), ElementsAre(0, 0));
}

TEST(BatchNormDeathTest, ShapesMustFit) {
  const Tensor<float> input({4, 3});
  const Tensor<float> three({3});
  const Tensor<float> two({2});
  ChannelMoments moments;
  Tensor<float> output;
  EXPECT_DEATH(BatchNormForward(three, three, three, 1, moments, output),
               "BatchNormForward: input \\[3\\] is not N×C");
  EXPECT_DEATH(BatchNormForward(input, two, two, 1, moments, output),
               "BatchNormForward: weight \\[2\\] and bias \\[2\\] for input "
               "\\[4, 3\\]");
  EXPECT_DEATH(BatchNormForward(input, three, two, 1, moments, output),
               "BatchNormForward: weight \\[3\\] and bias \\[2\\] for input "
               "\\[4, 3\\]");
  EXPECT_DEATH(
      BatchNormForward(Tensor<float>({0, 3}), three, three, 1, moments, output),
      "BatchNormForward: input \\[0, 3\\] has no values");
  EXPECT_DEATH(BatchNormEvaluate(input, three, three, 1, moments, output),
               "BatchNormEvaluate: moments \\[0\\] and \\[0\\] for weight "
               "\\[3\\]");
  BatchNormForward(input, three, three, 1, moments, output);
  Tensor<float> gradient({3});
  EXPECT_DEATH(BatchNormBackward<float>(input, three, 1, moments, two, gradient,
                                        gradient, nullptr),
               "BatchNormBackward: output gradient \\[2\\] for input "
               "\\[4, 3\\]");
  Tensor<float> small({2});
  EXPECT_DEATH(BatchNormBackward<float>(input, three, 1, moments, input, small,
                                        gradient, nullptr),
               "BatchNormBackward: gradients \\[2\\] and \\[3\\] for weight "
               "\\[3\\]");
  EXPECT_DEATH(ValuesPerChannel({3}),
               "ValuesPerChannel: batch \\[3\\] is not N×C");
}

}  // namespace
}  // namespace minidl
