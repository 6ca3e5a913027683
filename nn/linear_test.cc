#include "nn/linear.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/module_testutil.h"
#include "nn/parameter.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LinearTest, KeepsTheModuleContract) {
  for (const auto& [in, out] : {std::pair(1, 1), {3, 4}, {17, 2}}) {
    ExpectKeepsModuleContract(
        [in = in, out = out] {
          Generator generator(1);
          return std::make_unique<BasicLinear<double>>(in, out, generator);
        },
        {in});
  }
}

TEST(LinearTest, UsesItsParameters) {
  Generator generator(1);
  Linear linear(2, 3, generator);
  const std::vector<NamedParameter> parameters = linear.Parameters();
  ASSERT_EQ(parameters.size(), 2u);
  EXPECT_EQ(parameters[0].name, "weight");
  EXPECT_EQ(parameters[1].name, "bias");
  parameters[0].parameter->value = Tensor<float>({3, 2}, {1, 2, 3, 4, 5, 6});
  parameters[1].parameter->value = Tensor<float>({3}, {7, 8, 9});
  const Tensor<float> input({1, 2}, {10, 100});
  EXPECT_THAT(linear.Forward(input).values(), ElementsAre(217, 438, 659));
}

TEST(LinearTest, ParameterNamesFollowThePrefix) {
  Generator generator(1);
  Linear linear(2, 3, generator);
  std::vector<NamedParameter> parameters;
  linear.AppendParameters("4.", &parameters);
  ASSERT_EQ(parameters.size(), 2u);
  EXPECT_EQ(parameters[0].name, "4.weight");
  EXPECT_EQ(parameters[1].name, "4.bias");
  EXPECT_EQ(NumElements(parameters), 2 * 3 + 3);
}

TEST(LinearTest, DescriptionAndShapes) {
  Generator generator(1);
  const Linear linear(256, 200, generator);
  EXPECT_EQ(linear.Description(), "Linear(256, 200)");
  EXPECT_EQ(linear.OutputShape({256}).value(), (Shape{200}));
  EXPECT_THAT(
      linear.OutputShape({255}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "Linear(256, 200) needs inputs of shape [256], not [255]"));
  EXPECT_THAT(
      linear.OutputShape({64, 2, 2}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "Linear(256, 200) needs inputs of shape [256], not [64, 2, 2]"));
}

TEST(LinearTest, ComputesNoInputGradientThatIsNotNeeded) {
  Generator generator(1);
  Linear linear(3, 2, generator);
  linear.SetNeedsInputGradient(false);
  const auto input = RandomTensor<float>({4, 3}, 1);
  linear.Forward(input);
  EXPECT_THAT(linear.Backward(RandomTensor<float>({4, 2}, 2)).values(),
              IsEmpty());
}

TEST(LinearDeathTest, Misuse) {
  Generator generator(1);
  Linear linear(3, 2, generator);
  EXPECT_DEATH(linear.Backward(Tensor<float>({4, 2})),
               "Linear: Backward before Forward");
  EXPECT_DEATH(linear.Forward(Tensor<float>({4, 5})),
               "input \\[4, 5\\] and weight \\[2, 3\\]");
  EXPECT_DEATH(Linear(0, 2, generator), "weight \\[2, 0\\]");
}

}  // namespace
}  // namespace minidl
