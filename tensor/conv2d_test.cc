#include "tensor/conv2d.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "tensor/kernels/targets_testutil.h"
#include "tensor/reference_sum_testutil.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"
#include "tensor/windows.h"

namespace minidl {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Pointwise;

struct Case {
  int64_t batch, in, out, kernel_size, stride, padding, dilation = 1;
  // Not square.
  int64_t height = 5, width = 7;

  Shape input_shape() const { return {batch, in, height, width}; }
  Shape weight_shape() const { return {out, in, kernel_size, kernel_size}; }
  Shape output_shape() const {
    const int64_t extent = dilation * (kernel_size - 1) + 1;
    return {batch, out, NumWindows(height, extent, stride, padding),
            NumWindows(width, extent, stride, padding)};
  }
  Conv2dOptions options() const {
    Conv2dOptions options;
    options.stride = stride;
    options.padding = padding;
    options.dilation = dilation;
    return options;
  }
  std::string ToString() const {
    return absl::StrCat("batch ", batch, ", channels ", in, " to ", out,
                        ", images ", height, "×", width, ", kernel ",
                        kernel_size, ", stride ", stride, ", padding ", padding,
                        ", dilation ", dilation);
  }
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const int64_t batch : {1, 3}) {
    for (const int64_t in : {1, 3}) {
      for (const int64_t out : {1, 4}) {
        for (const int64_t kernel_size : {1, 2, 3, 5}) {
          for (const int64_t stride : {1, 2, 3}) {
            for (const int64_t padding : {0, 1, 3}) {
              for (const int64_t dilation : {1, 2, 3}) {
                const Case c = {batch,  in,      out,     kernel_size,
                                stride, padding, dilation};
                if (c.output_shape().num_elements() > 0) cases.push_back(c);
              }
            }
          }
        }
      }
    }
  }
  return cases;
}

// Calls visit(output index, weight index, input index) for every product in the
// definition of the convolution, with indices into the tensors' values.
template <typename Visit>
void ForEachProduct(const Case& c, const Visit& visit) {
  const Shape output = c.output_shape();
  size_t output_index = 0;
  for (int64_t n = 0; n < c.batch; ++n) {
    for (int64_t o = 0; o < c.out; ++o) {
      for (int64_t y = 0; y < output[2]; ++y) {
        for (int64_t x = 0; x < output[3]; ++x, ++output_index) {
          for (int64_t channel = 0; channel < c.in; ++channel) {
            for (int64_t i = 0; i < c.kernel_size; ++i) {
              for (int64_t j = 0; j < c.kernel_size; ++j) {
                const int64_t row = y * c.stride + i * c.dilation - c.padding;
                const int64_t col = x * c.stride + j * c.dilation - c.padding;
                if (row < 0 || row >= c.height || col < 0 || col >= c.width) {
                  continue;
                }
                visit(output_index,
                      static_cast<size_t>(
                          ((o * c.in + channel) * c.kernel_size + i) *
                              c.kernel_size +
                          j),
                      static_cast<size_t>(
                          ((n * c.in + channel) * c.height + row) * c.width +
                          col));
              }
            }
          }
        }
      }
    }
  }
}

// One sum for each element, of which that element is the first term.
template <typename T>
std::vector<ReferenceSum> SumsFrom(const Tensor<T>& tensor) {
  std::vector<ReferenceSum> sums(static_cast<size_t>(tensor.size()));
  for (size_t i = 0; i < sums.size(); ++i) sums[i].Add(tensor.values()[i]);
  return sums;
}

// A case's tensors. Weight and bias gradients hold numbers before, which are
// kept, and added to.
template <typename T>
struct Problem {
  explicit Problem(const Case& c)
      : input(RandomTensor<T>(c.input_shape(), 1)),
        weight(RandomTensor<T>(c.weight_shape(), 2)),
        bias(RandomTensor<T>({c.out}, 3)),
        output_gradient(RandomTensor<T>(c.output_shape(), 4)),
        weight_gradient(RandomTensor<T>(c.weight_shape(), 5)),
        bias_gradient(RandomTensor<T>({c.out}, 6)) {}

  Tensor<T> input;
  Tensor<T> weight;
  Tensor<T> bias;
  Tensor<T> output_gradient;
  Tensor<T> weight_gradient;
  Tensor<T> bias_gradient;
};

// What the definition makes of them.
struct Expected {
  template <typename T>
  Expected(const Case& c, const Problem<T>& problem)
      : output(static_cast<size_t>(c.output_shape().num_elements())),
        weight_gradient(SumsFrom(problem.weight_gradient)),
        bias_gradient(SumsFrom(problem.bias_gradient)),
        input_gradient(static_cast<size_t>(problem.input.size())) {
    const size_t places = output.size() / static_cast<size_t>(c.batch * c.out);
    for (size_t i = 0; i < output.size(); ++i) {
      const size_t channel = i / places % bias_gradient.size();
      output[i].Add(problem.bias.values()[channel]);
      bias_gradient[channel].Add(problem.output_gradient.values()[i]);
    }
    ForEachProduct(c, [&](size_t y, size_t w, size_t x) {
      const double input = problem.input.values()[x];
      const double weight = problem.weight.values()[w];
      const double gradient = problem.output_gradient.values()[y];
      output[y].Add(weight * input);
      weight_gradient[w].Add(gradient * input);
      input_gradient[x].Add(gradient * weight);
    });
  }

  std::vector<ReferenceSum> output;
  std::vector<ReferenceSum> weight_gradient;
  std::vector<ReferenceSum> bias_gradient;
  std::vector<ReferenceSum> input_gradient;
};

template <typename T>
struct Results {
  Tensor<T> output;
  Tensor<T> weight_gradient;
  Tensor<T> bias_gradient;
  Tensor<T> input_gradient;
};

template <typename T>
Results<T> Compute(const Case& c, const Problem<T>& problem,
                   Tensor<T>& workspace) {
  Results<T> results;
  Conv2dForward(problem.input, problem.weight, problem.bias, c.options(),
                results.output, workspace);
  results.weight_gradient = problem.weight_gradient.Clone();
  results.bias_gradient = problem.bias_gradient.Clone();
  Conv2dBackward(problem.input, problem.weight, problem.output_gradient,
                 c.options(), results.weight_gradient, results.bias_gradient,
                 &results.input_gradient, workspace);
  return results;
}

template <typename T>
void ExpectNear(const Results<T>& results, const Expected& expected) {
  EXPECT_THAT(results.output.values(), Pointwise(IsNearSum(), expected.output));
  EXPECT_THAT(results.weight_gradient.values(),
              Pointwise(IsNearSum(), expected.weight_gradient));
  EXPECT_THAT(results.bias_gradient.values(),
              Pointwise(IsNearSum(), expected.bias_gradient));
  EXPECT_THAT(results.input_gradient.values(),
              Pointwise(IsNearSum(), expected.input_gradient));
}

template <typename T>
class Conv2dTest : public testing::Test {};
TYPED_TEST_SUITE(Conv2dTest, NumberTypes, NumberTypeNames);

TYPED_TEST(Conv2dTest, IsTheDefinition) {
  Tensor<TypeParam> workspace;
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.ToString());
    const Problem<TypeParam> problem(c);
    const Results<TypeParam> results = Compute(c, problem, workspace);
    ASSERT_EQ(results.output.shape(), c.output_shape());
    ASSERT_EQ(results.input_gradient.shape(), c.input_shape());
    ExpectNear(results, Expected(c, problem));
    if (this->HasFailure()) return;
  }
}

TYPED_TEST(Conv2dTest, WithoutInputGradientTheOthersAreTheSame) {
  const Case c = {2, 3, 4, 3, 1, 1};
  const auto input = RandomTensor<TypeParam>(c.input_shape(), 1);
  const auto weight = RandomTensor<TypeParam>(c.weight_shape(), 2);
  const auto output_gradient = RandomTensor<TypeParam>(c.output_shape(), 3);
  Tensor<TypeParam> workspace;
  Tensor<TypeParam> input_gradient;
  Tensor<TypeParam> weight_gradient(c.weight_shape());
  Tensor<TypeParam> bias_gradient({c.out});
  Conv2dBackward(input, weight, output_gradient, c.options(), weight_gradient,
                 bias_gradient, &input_gradient, workspace);
  Tensor<TypeParam> weight_alone(c.weight_shape());
  Tensor<TypeParam> bias_alone({c.out});
  Conv2dBackward<TypeParam>(input, weight, output_gradient, c.options(),
                            weight_alone, bias_alone, nullptr, workspace);
  EXPECT_EQ(weight_alone.values(), weight_gradient.values());
  EXPECT_EQ(bias_alone.values(), bias_gradient.values());
}

// The batch is a loop: an example's output does not depend on its neighbours.
TYPED_TEST(Conv2dTest, BatchIsItsExamplesOneByOne) {
  const Case c = {3, 2, 4, 3, 1, 0};
  const auto input = RandomTensor<TypeParam>(c.input_shape(), 1);
  const auto weight = RandomTensor<TypeParam>(c.weight_shape(), 2);
  const auto bias = RandomTensor<TypeParam>({c.out}, 3);
  Tensor<TypeParam> output;
  Tensor<TypeParam> one_output;
  Tensor<TypeParam> workspace;
  Conv2dForward(input, weight, bias, c.options(), output, workspace);
  for (int64_t n = 0; n < c.batch; ++n) {
    const Tensor<TypeParam> one(c.input_shape().WithoutOuter().WithOuter(1),
                                input.Outer(n));
    Conv2dForward(one, weight, bias, c.options(), one_output, workspace);
    EXPECT_EQ(one_output.Outer(0), output.Outer(n));
  }
}

// f(2 x - y / 2) = 2 f(x) - f(y) / 2, where both sides are sums of as many
// products.
TYPED_TEST(Conv2dTest, IsLinearWithoutBias) {
  const Case c = {2, 3, 4, 3, 2, 1, 2};
  const auto weight = RandomTensor<TypeParam>(c.weight_shape(), 1);
  const Tensor<TypeParam> no_bias({c.out});
  Tensor<TypeParam> workspace;
  const auto convolve = [&](const Tensor<TypeParam>& input) {
    Tensor<TypeParam> output;
    Conv2dForward(input, weight, no_bias, c.options(), output, workspace);
    return output;
  };
  const auto x = RandomTensor<TypeParam>(c.input_shape(), 2);
  const auto y = RandomTensor<TypeParam>(c.input_shape(), 3);
  Tensor<TypeParam> combination(c.input_shape());
  for (int64_t i = 0; i < x.size(); ++i) {
    combination.data()[i] = 2 * x.data()[i] - y.data()[i] / 2;
  }
  const Tensor<TypeParam> of_x = convolve(x);
  const Tensor<TypeParam> of_y = convolve(y);
  const Tensor<TypeParam> actual = convolve(combination);
  // 27 products below 2.5, and a rounding for each of them and each sum.
  const double tolerance =
      27 * 2.5 * 2 * 28 * std::numeric_limits<TypeParam>::epsilon();
  for (int64_t i = 0; i < actual.size(); ++i) {
    const double expected =
        2 * double{of_x.data()[i]} - double{of_y.data()[i]} / 2;
    ASSERT_NEAR(actual.data()[i], expected, tolerance);
    ASSERT_NE(expected, 0);
  }
}

TYPED_TEST(Conv2dTest, EmptyBatch) {
  const Case c = {0, 2, 3, 3, 1, 0};
  const Tensor<TypeParam> input(c.input_shape());
  const auto weight = RandomTensor<TypeParam>(c.weight_shape(), 1);
  const auto bias = RandomTensor<TypeParam>({c.out}, 2);
  Tensor<TypeParam> output;
  Tensor<TypeParam> workspace;
  Conv2dForward(input, weight, bias, c.options(), output, workspace);
  EXPECT_EQ(output.shape(), c.output_shape());

  Tensor<TypeParam> weight_gradient(c.weight_shape());
  Tensor<TypeParam> bias_gradient({c.out});
  Tensor<TypeParam> input_gradient;
  Conv2dBackward(input, weight, output, c.options(), weight_gradient,
                 bias_gradient, &input_gradient, workspace);
  EXPECT_EQ(input_gradient.shape(), c.input_shape());
  EXPECT_THAT(weight_gradient.values(), Each(0));
  EXPECT_THAT(bias_gradient.values(), Each(0));
}

// Of stride 1, with images as wide as several tiles of the vectorised kernel or
// a part of one, pairs of rows and a last single one, channels that fill
// vectors or do not, and more images than are worked on at a time.
std::vector<Case> DenseCases() {
  std::vector<Case> cases;
  const auto add = [&cases](int64_t batch, int64_t in, int64_t out,
                            int64_t kernel_size, int64_t padding,
                            int64_t height, int64_t width) {
    cases.push_back(
        {batch, in, out, kernel_size, 1, padding, 1, height, width});
  };
  for (const int64_t padding : {0, 1, 2}) {
    for (const int64_t width : {3, 6, 7, 9, 14, 15, 31}) {
      add(2, 5, 18, 3, padding, 4, width);
    }
    for (const auto& [in, out] :
         {std::pair{1, 33}, {3, 16}, {4, 1}, {17, 4}, {16, 48}, {64, 32}}) {
      add(1, in, out, 3, padding, 5, 4);
    }
    add(11, 4, 20, 3, padding, 7, 7);
    add(3, 6, 16, 5, padding + 2, 5, 12);
  }
  add(3, 33, 7, 1, 0, 4, 5);
  add(1, 4, 16, 2, 1, 1, 1);
  return cases;
}

TEST(DenseConv2dTest, IsTheDefinitionForAllTargets) {
  Tensor<float> workspace;
  for (const Case& c : DenseCases()) {
    SCOPED_TRACE(c.ToString());
    const Problem<float> problem(c);
    const Expected expected(c, problem);
    kernels::ForEachTarget(
        [&] { ExpectNear(Compute(c, problem, workspace), expected); });
    if (HasFailure()) return;
  }
}

TEST(DenseConv2dTest, SameBitsWithAvx2AndAvx512) {
  if (!kernels::HasAvx2AndAvx512()) {
    GTEST_SKIP() << "this processor has not both";
  }
  Tensor<float> workspace;
  for (const Case& c : DenseCases()) {
    SCOPED_TRACE(c.ToString());
    const Problem<float> problem(c);
    kernels::ChooseTargets(HWY_AVX2);
    const Results<float> avx2 = Compute(c, problem, workspace);
    kernels::ChooseTargets(HWY_AVX3);
    const Results<float> avx512 = Compute(c, problem, workspace);
    kernels::ChooseTargets(0);
    EXPECT_EQ(avx2.output.values(), avx512.output.values());
    EXPECT_EQ(avx2.weight_gradient.values(), avx512.weight_gradient.values());
    EXPECT_EQ(avx2.bias_gradient.values(), avx512.bias_gradient.values());
    EXPECT_EQ(avx2.input_gradient.values(), avx512.input_gradient.values());
  }
}

// Numbers that a border, or channels that fill up a vector, would take from
// elsewhere would be NaN.
TEST(DenseConv2dTest, NothingOfOtherImagesOrEarlierCallsGetsIn) {
  const Case c = {3, 5, 18, 3, 1, 1, 1, 7, 7};
  Problem<float> problem(c);
  Tensor<float> workspace;
  const Results<float> expected = Compute(c, problem, workspace);
  workspace.Fill(std::numeric_limits<float>::quiet_NaN());
  const Results<float> again = Compute(c, problem, workspace);
  EXPECT_EQ(again.output.values(), expected.output.values());
  EXPECT_EQ(again.weight_gradient.values(), expected.weight_gradient.values());
  EXPECT_EQ(again.input_gradient.values(), expected.input_gradient.values());

  std::fill(problem.input.Outer(1).begin(), problem.input.Outer(1).end(),
            std::numeric_limits<float>::quiet_NaN());
  const Results<float> beside = Compute(c, problem, workspace);
  EXPECT_EQ(beside.output.Outer(0), expected.output.Outer(0));
  EXPECT_EQ(beside.output.Outer(2), expected.output.Outer(2));
}

TEST(Conv2dExampleTest, ByHand) {
  const Tensor<float> input({1, 1, 2, 3}, {1, 2, 3,  //
                                           4, 5, 6});
  // A correlation: the kernel is not turned around.
  const Tensor<float> weight({1, 1, 2, 2}, {1, 10,  //
                                            100, 1000});
  const Tensor<float> bias({1}, {0.5});
  Tensor<float> output;
  Tensor<float> workspace;
  Conv2dForward(input, weight, bias, {}, output, workspace);
  EXPECT_EQ(output.shape(), (Shape{1, 1, 1, 2}));
  EXPECT_THAT(output.values(), ElementsAre(5421.5, 6532.5));
}

TEST(Conv2dDeathTest, ShapesThatDoNotFit) {
  const Tensor<float> input({2, 3, 5, 7});
  const Tensor<float> weight({4, 3, 3, 3});
  Tensor<float> bias({4});
  Tensor<float> output;
  Tensor<float> workspace;
  const auto forward = [&](const Shape& input_shape, const Shape& weight_shape,
                           const Shape& bias_shape,
                           const Conv2dOptions& options) {
    Conv2dForward(Tensor<float>(input_shape), Tensor<float>(weight_shape),
                  Tensor<float>(bias_shape), options, output, workspace);
  };
  EXPECT_DEATH(forward({3, 5, 7}, {4, 3, 3, 3}, {4}, {}),
               "Conv2dForward: input \\[3, 5, 7\\] and weight "
               "\\[4, 3, 3, 3\\]");
  EXPECT_DEATH(forward({2, 2, 5, 7}, {4, 3, 3, 3}, {4}, {}),
               "Conv2dForward: input \\[2, 2, 5, 7\\] and weight "
               "\\[4, 3, 3, 3\\]");
  EXPECT_DEATH(forward({2, 3, 5, 7}, {4, 3, 3, 2}, {4}, {}),
               "Conv2dForward: .* weight \\[4, 3, 3, 2\\]");
  EXPECT_DEATH(forward({2, 3, 5, 7}, {4, 3, 3, 3}, {3}, {}),
               "bias \\[3\\] does not fit weight \\[4, 3, 3, 3\\]");
  EXPECT_DEATH(forward({2, 3, 5, 7}, {4, 3, 6, 6}, {4}, {}),
               "weight \\[4, 3, 6, 6\\] with dilation 1 is larger than input "
               "\\[2, 3, 5, 7\\]");
  EXPECT_DEATH(forward({2, 3, 5, 7}, {4, 3, 3, 3}, {4}, {1, 0, 3}),
               "weight \\[4, 3, 3, 3\\] with dilation 3 is larger than input "
               "\\[2, 3, 5, 7\\]");
  EXPECT_DEATH(forward({2, 3, 5, 7}, {4, 3, 3, 3}, {4}, {0, 0}), "stride 0");
  EXPECT_DEATH(forward({2, 3, 5, 7}, {4, 3, 3, 3}, {4}, {1, -1}), "padding -1");
  EXPECT_DEATH(forward({2, 3, 5, 7}, {4, 3, 3, 3}, {4}, {1, 0, 0}),
               "dilation 0");

  Tensor<float> weight_gradient({4, 3, 3, 3});
  EXPECT_DEATH(
      Conv2dBackward(input, weight, Tensor<float>({2, 4, 3, 4}), {},
                     weight_gradient, bias, &output, workspace),
      "Conv2dBackward: output gradient \\[2, 4, 3, 4\\] .* \\[2, 4, 3, 5\\]");
  Tensor<float> small({4, 3, 1, 1});
  EXPECT_DEATH(Conv2dBackward(input, weight, Tensor<float>({2, 4, 3, 5}), {},
                              small, bias, &output, workspace),
               "Conv2dBackward: weight gradient \\[4, 3, 1, 1\\] and weight "
               "\\[4, 3, 3, 3\\]");
}

}  // namespace
}  // namespace minidl
