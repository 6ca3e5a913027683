#include "tensor/max_pool2d.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"
#include "tensor/windows.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsNan;

template <typename T>
class MaxPool2dTest : public testing::Test {};
TYPED_TEST_SUITE(MaxPool2dTest, NumberTypes, NumberTypeNames);

TYPED_TEST(MaxPool2dTest, IsTheDefinition) {
  constexpr int64_t kBatch = 2, kChannels = 3, kHeight = 6, kWidth = 7;
  const auto input =
      SeparatedTensor<TypeParam>({kBatch, kChannels, kHeight, kWidth}, 1);
  Tensor<TypeParam> output;
  Tensor<TypeParam> input_gradient;
  Tensor<int64_t> argmax;
  for (const int64_t kernel_size : {1, 2, 3, 6}) {
    for (const int64_t stride : {1, 2, 3, 5}) {
      SCOPED_TRACE(testing::Message()
                   << "kernel size " << kernel_size << ", stride " << stride);
      const int64_t height = NumWindows(kHeight, kernel_size, stride);
      const int64_t width = NumWindows(kWidth, kernel_size, stride);
      const auto output_gradient =
          RandomTensor<TypeParam>({kBatch, kChannels, height, width}, 2);
      MaxPool2dForward(input, kernel_size, stride, output, argmax);
      MaxPool2dBackward(output_gradient, argmax, input.shape(), input_gradient);
      ASSERT_EQ(output.shape(), output_gradient.shape());
      ASSERT_EQ(argmax.shape(), output_gradient.shape());

      Tensor<TypeParam> expected_gradient(input.shape());
      for (int64_t n = 0; n < kBatch; ++n) {
        for (int64_t c = 0; c < kChannels; ++c) {
          for (int64_t y = 0; y < height; ++y) {
            for (int64_t x = 0; x < width; ++x) {
              int64_t row = y * stride;
              int64_t col = x * stride;
              for (int64_t i = 0; i < kernel_size; ++i) {
                for (int64_t j = 0; j < kernel_size; ++j) {
                  if (input(n, c, y * stride + i, x * stride + j) >
                      input(n, c, row, col)) {
                    row = y * stride + i;
                    col = x * stride + j;
                  }
                }
              }
              ASSERT_EQ(output(n, c, y, x), input(n, c, row, col));
              ASSERT_EQ(argmax(n, c, y, x), row * kWidth + col);
              expected_gradient(n, c, row, col) += output_gradient(n, c, y, x);
            }
          }
        }
      }
      ASSERT_EQ(input_gradient.shape(), input.shape());
      ASSERT_EQ(input_gradient.values(), expected_gradient.values());
    }
  }
}

TYPED_TEST(MaxPool2dTest, ValuesMayAllBeNegative) {
  constexpr TypeParam kInfinity = std::numeric_limits<TypeParam>::infinity();
  const Tensor<TypeParam> input({1, 1, 2, 4},
                                {-3, -2, -kInfinity, -kInfinity,  //
                                 -1, -4, -kInfinity, -kInfinity});
  Tensor<TypeParam> output;
  Tensor<int64_t> argmax;
  MaxPool2dForward(input, 2, 2, output, argmax);
  EXPECT_THAT(output.values(), ElementsAre(-1, -kInfinity));
  EXPECT_THAT(argmax.values(), ElementsAre(4, 2));
}

TYPED_TEST(MaxPool2dTest, FirstOfEqualValuesGetsTheGradient) {
  const Tensor<TypeParam> input({1, 1, 2, 3}, {1, 5, 5,  //
                                               5, 0, 5});
  Tensor<TypeParam> output;
  Tensor<int64_t> argmax;
  MaxPool2dForward(input, 2, 1, output, argmax);
  EXPECT_THAT(output.values(), ElementsAre(5, 5));
  EXPECT_THAT(argmax.values(), ElementsAre(1, 1));
  // The windows overlap: both gradients meet there.
  Tensor<TypeParam> input_gradient;
  MaxPool2dBackward(Tensor<TypeParam>({1, 1, 1, 2}, {2, 3}), argmax,
                    input.shape(), input_gradient);
  EXPECT_THAT(input_gradient.values(), ElementsAre(0, 5, 0, 0, 0, 0));
}

TYPED_TEST(MaxPool2dTest, NanIsLargerThanAll) {
  constexpr TypeParam kNan = std::numeric_limits<TypeParam>::quiet_NaN();
  constexpr TypeParam kInfinity = std::numeric_limits<TypeParam>::infinity();
  // NaN as the first, a middle and the last value of its window.
  const Tensor<TypeParam> input({1, 1, 2, 6}, {kNan, 1, 2, kNan, 3, kInfinity,
                                               4, 5, kInfinity, 6, 7, kNan});
  Tensor<TypeParam> output;
  Tensor<int64_t> argmax;
  MaxPool2dForward(input, 2, 2, output, argmax);
  EXPECT_THAT(output.values(), ElementsAre(IsNan(), IsNan(), IsNan()));
  EXPECT_THAT(argmax.values(), ElementsAre(0, 3, 11));
}

// As in PyTorch, which replaces the largest value so far where `(val > maxval)
// || std::isnan(val)` (aten/src/ATen/native/cpu/MaxPoolKernel.cpp).
TYPED_TEST(MaxPool2dTest, LastNanCounts) {
  constexpr TypeParam kNan = std::numeric_limits<TypeParam>::quiet_NaN();
  const Tensor<TypeParam> input({1, 1, 3, 3}, {1, kNan, 2,  //
                                               3, 9, 4,     //
                                               5, kNan, 6});
  Tensor<TypeParam> output;
  Tensor<int64_t> argmax;
  MaxPool2dForward(input, 3, 1, output, argmax);
  EXPECT_THAT(output.values(), ElementsAre(IsNan()));
  EXPECT_THAT(argmax.values(), ElementsAre(7));
  MaxPool2dForward(Tensor<TypeParam>({1, 1, 2, 2}, {kNan, 1, kNan, 2}), 2, 2,
                   output, argmax);
  EXPECT_THAT(argmax.values(), ElementsAre(2));
}

TYPED_TEST(MaxPool2dTest, EmptyBatch) {
  const Tensor<TypeParam> input({0, 3, 4, 4});
  Tensor<TypeParam> output;
  Tensor<int64_t> argmax;
  MaxPool2dForward(input, 2, 2, output, argmax);
  EXPECT_EQ(output.shape(), (Shape{0, 3, 2, 2}));
  Tensor<TypeParam> input_gradient;
  MaxPool2dBackward(output, argmax, input.shape(), input_gradient);
  EXPECT_EQ(input_gradient.shape(), input.shape());
}

TEST(MaxPool2dDeathTest, ShapesThatDoNotFit) {
  const Tensor<float> input({2, 3, 4, 5});
  Tensor<float> output;
  Tensor<int64_t> argmax;
  EXPECT_DEATH(MaxPool2dForward(Tensor<float>({4, 5}), 2, 2, output, argmax),
               "MaxPool2dForward: input \\[4, 5\\] is not N×C×H×W");
  EXPECT_DEATH(MaxPool2dForward(input, 5, 1, output, argmax),
               "kernel size 5 is larger than input \\[2, 3, 4, 5\\]");
  EXPECT_DEATH(MaxPool2dForward(input, 0, 1, output, argmax),
               "kernel size 0, stride 1");
  EXPECT_DEATH(MaxPool2dForward(input, 2, 0, output, argmax),
               "kernel size 2, stride 0");

  MaxPool2dForward(input, 2, 2, output, argmax);
  Tensor<float> gradient;
  EXPECT_DEATH(MaxPool2dBackward(Tensor<float>({2, 3, 2, 3}), argmax,
                                 input.shape(), gradient),
               "MaxPool2dBackward: output gradient \\[2, 3, 2, 3\\] and argmax "
               "\\[2, 3, 2, 2\\]");
  EXPECT_DEATH(MaxPool2dBackward(output, argmax, {2, 4, 4, 5}, gradient),
               "MaxPool2dBackward: output gradient \\[2, 3, 2, 2\\] for input "
               "\\[2, 4, 4, 5\\]");
}

}  // namespace
}  // namespace minidl
