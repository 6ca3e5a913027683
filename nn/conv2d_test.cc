#include "nn/conv2d.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/module_testutil.h"
#include "nn/parameter.h"
#include "tensor/conv2d.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Conv2dTest, KeepsTheModuleContract) {
  for (const int64_t kernel_size : {1, 3}) {
    for (const int64_t stride : {1, 2}) {
      for (const int64_t padding : {0, 1}) {
        for (const int64_t dilation : {1, 2}) {
          ExpectKeepsModuleContract(
              [=] {
                Generator generator(1);
                return std::make_unique<BasicConv2d<double>>(
                    2, 3, kernel_size, Conv2dOptions{stride, padding, dilation},
                    generator);
              },
              {2, 5, 6});
        }
      }
    }
  }
}

TEST(Conv2dTest, UsesItsParameters) {
  Generator generator(1);
  Conv2d conv(2, 1, 1, generator);
  const std::vector<NamedParameter> parameters = conv.Parameters();
  ASSERT_EQ(parameters.size(), 2u);
  EXPECT_EQ(parameters[0].name, "weight");
  EXPECT_EQ(parameters[1].name, "bias");
  parameters[0].parameter->value = Tensor<float>({1, 2, 1, 1}, {2, 3});
  parameters[1].parameter->value = Tensor<float>({1}, {0.5});
  const Tensor<float> input({1, 2, 1, 2}, {1, 10, 100, 1000});
  EXPECT_THAT(conv.Forward(input).values(), ElementsAre(302.5, 3020.5));
}

TEST(Conv2dTest, ParameterNamesFollowThePrefix) {
  Generator generator(1);
  Conv2d conv(2, 32, 3, generator);
  std::vector<NamedParameter> parameters;
  conv.AppendParameters("0.", &parameters);
  ASSERT_EQ(parameters.size(), 2u);
  EXPECT_EQ(parameters[0].name, "0.weight");
  EXPECT_EQ(parameters[1].name, "0.bias");
  EXPECT_EQ(NumElements(parameters), 32 * 2 * 3 * 3 + 32);
}

TEST(Conv2dTest, DescriptionAndShapes) {
  Generator generator(1);
  const Conv2d plain(2, 32, 3, generator);
  EXPECT_EQ(plain.Description(), "Conv2d(2, 32, kernel_size=3)");
  EXPECT_EQ(plain.OutputShape({2, 14, 15}).value(), (Shape{32, 12, 13}));

  const Conv2d conv(2, 32, 3, Conv2dOptions{2, 1}, generator);
  EXPECT_EQ(conv.Description(),
            "Conv2d(2, 32, kernel_size=3, stride=2, padding=1)");
  EXPECT_EQ(conv.OutputShape({2, 14, 15}).value(), (Shape{32, 7, 8}));
  EXPECT_EQ(conv.OutputShape({2, 1, 1}).value(), (Shape{32, 1, 1}));

  // A kernel of 3 reaches over 7 elements.
  const Conv2d dilated(2, 32, 3, Conv2dOptions{1, 1, 3}, generator);
  EXPECT_EQ(dilated.Description(),
            "Conv2d(2, 32, kernel_size=3, padding=1, dilation=3)");
  EXPECT_EQ(dilated.OutputShape({2, 14, 5}).value(), (Shape{32, 10, 1}));
  EXPECT_THAT(dilated.OutputShape({2, 14, 4}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "Conv2d(2, 32, kernel_size=3, padding=1, dilation=3) "
                       "needs inputs of shape [2, 5, 5] or larger, not "
                       "[2, 14, 4]"));

  EXPECT_THAT(plain.OutputShape({1, 14, 14}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "Conv2d(2, 32, kernel_size=3) needs inputs of shape "
                       "[2, H, W], not [1, 14, 14]"));
  EXPECT_THAT(plain.OutputShape({392}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "Conv2d(2, 32, kernel_size=3) needs inputs of shape "
                       "[2, H, W], not [392]"));
  EXPECT_THAT(plain.OutputShape({2, 2, 14}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "Conv2d(2, 32, kernel_size=3) needs inputs of shape "
                       "[2, 3, 3] or larger, not [2, 2, 14]"));
}

TEST(Conv2dTest, ComputesNoInputGradientThatIsNotNeeded) {
  Generator generator(1);
  Conv2d conv(1, 2, 3, generator);
  conv.SetNeedsInputGradient(false);
  const auto input = RandomTensor<float>({4, 1, 3, 3}, 1);
  conv.Forward(input);
  EXPECT_THAT(conv.Backward(RandomTensor<float>({4, 2, 1, 1}, 2)).values(),
              IsEmpty());
}

TEST(Conv2dDeathTest, Misuse) {
  Generator generator(1);
  Conv2d conv(2, 3, 3, generator);
  EXPECT_DEATH(conv.Backward(Tensor<float>({1, 3, 1, 1})),
               "Conv2d: Backward before Forward");
  EXPECT_DEATH(conv.Forward(Tensor<float>({4, 1, 5, 5})),
               "input \\[4, 1, 5, 5\\] and weight \\[3, 2, 3, 3\\]");
  EXPECT_DEATH(Conv2d(2, 3, 3, Conv2dOptions{0, 1}, generator),
               "Conv2d: stride 0, padding 1");
  EXPECT_DEATH(Conv2d(2, 3, 3, Conv2dOptions{1, -1}, generator),
               "Conv2d: stride 1, padding -1, dilation 1");
  EXPECT_DEATH(Conv2d(2, 3, 3, Conv2dOptions{1, 0, 0}, generator),
               "Conv2d: stride 1, padding 0, dilation 0");
  EXPECT_DEATH(Conv2d(2, 3, 0, generator), "weight \\[3, 2, 0, 0\\]");
}

}  // namespace
}  // namespace minidl
