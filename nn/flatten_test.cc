#include "nn/flatten.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/module_testutil.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(FlattenTest, KeepsTheModuleContract) {
  for (const Shape& example : {Shape{7}, Shape{2, 3, 4}}) {
    ExpectKeepsModuleContract(
        [] { return std::make_unique<BasicFlatten<double>>(); }, example);
  }
}

TEST(FlattenTest, KeepsTheOrder) {
  Flatten flatten;
  EXPECT_EQ(flatten.Description(), "Flatten()");
  EXPECT_EQ(flatten.OutputShape({64, 2, 2}).value(), (Shape{256}));
  EXPECT_THAT(flatten.Parameters(), IsEmpty());
  const Tensor<float> input({2, 2, 1, 2}, {0, 1, 2, 3, 4, 5, 6, 7});
  const Tensor<float>& output = flatten.Forward(input);
  EXPECT_EQ(output.shape(), (Shape{2, 4}));
  EXPECT_THAT(output.values(), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  const Tensor<float>& gradient =
      flatten.Backward(Tensor<float>({2, 4}, {7, 6, 5, 4, 3, 2, 1, 0}));
  EXPECT_EQ(gradient.shape(), input.shape());
  EXPECT_THAT(gradient.values(), ElementsAre(7, 6, 5, 4, 3, 2, 1, 0));
}

TEST(FlattenDeathTest, GradientOfAnotherShape) {
  Flatten flatten;
  flatten.Forward(Tensor<float>({2, 3, 4}));
  EXPECT_DEATH(flatten.Backward(Tensor<float>({2, 3, 4})),
               "Flatten: output gradient \\[2, 3, 4\\] where the output is "
               "\\[2, 12\\]");
}

}  // namespace
}  // namespace minidl
