#include "tensor/avg_pool2d.h"

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
#include "tensor/windows.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsNan;
using ::testing::Pointwise;

template <typename T>
class AvgPool2dTest : public testing::Test {};
TYPED_TEST_SUITE(AvgPool2dTest, NumberTypes, NumberTypeNames);

TYPED_TEST(AvgPool2dTest, IsTheDefinition) {
  constexpr int64_t kBatch = 2, kChannels = 3, kHeight = 6, kWidth = 7;
  const Shape input_shape = {kBatch, kChannels, kHeight, kWidth};
  const auto input = RandomTensor<TypeParam>(input_shape, 1);
  Tensor<TypeParam> output;
  Tensor<TypeParam> input_gradient;
  for (const int64_t kernel_size : {1, 2, 3, 4, 6}) {
    for (const int64_t stride : {1, 2, 3, 5}) {
      for (int64_t padding = 0; padding <= kernel_size / 2; ++padding) {
        SCOPED_TRACE(testing::Message()
                     << "kernel size " << kernel_size << ", stride " << stride
                     << ", padding " << padding);
        const AvgPool2dOptions options = {kernel_size, stride, padding};
        const int64_t height =
            NumWindows(kHeight, kernel_size, stride, padding);
        const int64_t width = NumWindows(kWidth, kernel_size, stride, padding);
        const Shape output_shape = {kBatch, kChannels, height, width};
        const auto output_gradient = RandomTensor<TypeParam>(output_shape, 2);
        AvgPool2dForward(input, options, output);
        AvgPool2dBackward(output_gradient, input_shape, options,
                          input_gradient);

        const auto size = static_cast<double>(kernel_size * kernel_size);
        std::vector<ReferenceSum> expected;
        std::vector<ReferenceSum> expected_gradient(
            static_cast<size_t>(input.size()));
        for (int64_t plane = 0; plane < kBatch * kChannels; ++plane) {
          for (int64_t y = 0; y < height; ++y) {
            for (int64_t x = 0; x < width; ++x) {
              const double share =
                  double{output_gradient.data()[expected.size()]} / size;
              ReferenceSum& mean = expected.emplace_back();
              for (int64_t i = 0; i < kernel_size; ++i) {
                for (int64_t j = 0; j < kernel_size; ++j) {
                  const int64_t row = y * stride + i - padding;
                  const int64_t col = x * stride + j - padding;
                  if (row < 0 || row >= kHeight || col < 0 || col >= kWidth) {
                    continue;
                  }
                  const int64_t place = (plane * kHeight + row) * kWidth + col;
                  mean.Add(double{input.data()[place]} / size);
                  expected_gradient[static_cast<size_t>(place)].Add(share);
                }
              }
            }
          }
        }
        ASSERT_EQ(output.shape(), output_shape);
        ASSERT_THAT(output.values(), Pointwise(IsNearSum(), expected));
        ASSERT_EQ(input_gradient.shape(), input_shape);
        ASSERT_THAT(input_gradient.values(),
                    Pointwise(IsNearSum(), expected_gradient));
      }
    }
  }
}

// torch.nn.functional.avg_pool2d(torch.arange(1., 21).reshape(1, 1, 4, 5),
// kernel_size, stride, padding) of PyTorch 1.13.
TEST(AvgPool2dExampleTest, PyTorchsValues) {
  Tensor<float> input({1, 1, 4, 5});
  for (int64_t i = 0; i < 20; ++i) input.data()[i] = static_cast<float>(i + 1);
  Tensor<float> output;
  AvgPool2dForward(input, {2, 2}, output);
  EXPECT_THAT(output.values(), ElementsAre(4, 6, 14, 16));
  AvgPool2dForward(input, {3, 2, 1}, output);
  EXPECT_THAT(output.values(), ElementsAre(1.7777777910232544f,  //
                                           3.6666667461395264f,  //
                                           3.1111111640930176f,  //
                                           7.666666507720947f,   //
                                           13, 9.666666984558105f));
  AvgPool2dForward(input, {2, 1, 1}, output);
  EXPECT_THAT(output.values(),
              ElementsAre(0.25, 0.75, 1.25, 1.75, 2.25, 1.25,  //
                          1.75, 4, 5, 6, 7, 3.75,              //
                          4.25, 9, 10, 11, 12, 6.25,           //
                          6.75, 14, 15, 16, 17, 8.75,          //
                          4, 8.25, 8.75, 9.25, 9.75, 5));
}

TYPED_TEST(AvgPool2dTest, NanReachesItsWindowAlone) {
  Tensor<TypeParam> input({1, 1, 2, 6});
  input(0, 0, 1, 2) = std::numeric_limits<TypeParam>::quiet_NaN();
  Tensor<TypeParam> output;
  AvgPool2dForward(input, {2, 2}, output);
  EXPECT_THAT(output.values(), ElementsAre(0, IsNan(), 0));
}

TYPED_TEST(AvgPool2dTest, EmptyBatch) {
  const Tensor<TypeParam> input({0, 3, 4, 4});
  Tensor<TypeParam> output;
  AvgPool2dForward(input, {2, 2}, output);
  EXPECT_EQ(output.shape(), (Shape{0, 3, 2, 2}));
  Tensor<TypeParam> input_gradient;
  AvgPool2dBackward(output, input.shape(), {2, 2}, input_gradient);
  EXPECT_EQ(input_gradient.shape(), input.shape());
}

TEST(AvgPool2dDeathTest, ShapesThatDoNotFit) {
  const Tensor<float> input({2, 3, 4, 5});
  Tensor<float> output;
  EXPECT_DEATH(AvgPool2dForward(Tensor<float>({4, 5}), {2, 2}, output),
               "AvgPool2dForward: input \\[4, 5\\] is not N×C×H×W");
  EXPECT_DEATH(AvgPool2dForward(input, {5, 1}, output),
               "kernel size 5 is larger than input \\[2, 3, 4, 5\\] with "
               "padding 0");
  EXPECT_DEATH(AvgPool2dForward(input, {0, 1}, output),
               "kernel size 0, stride 1");
  EXPECT_DEATH(AvgPool2dForward(input, {2, 0}, output),
               "kernel size 2, stride 0");
  EXPECT_DEATH(AvgPool2dForward(input, {3, 1, 2}, output), "padding 2");
  EXPECT_DEATH(AvgPool2dForward(input, {3, 1, -1}, output), "padding -1");

  Tensor<float> gradient;
  EXPECT_DEATH(AvgPool2dBackward(Tensor<float>({2, 3, 2, 3}), input.shape(),
                                 {2, 2}, gradient),
               "AvgPool2dBackward: output gradient \\[2, 3, 2, 3\\] for input "
               "\\[2, 3, 4, 5\\]");
}

}  // namespace
}  // namespace minidl
