#include "nn/leaky_relu.h"

#include <limits>
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

TEST(LeakyReLUTest, KeepsTheModuleContract) {
  for (const double slope : {0.01, 0.5, -1.0}) {
    for (const Shape& example : {Shape{7}, Shape{2, 3, 4}}) {
      ExpectKeepsModuleContract(
          [slope] { return std::make_unique<BasicLeakyReLU<double>>(slope); },
          example);
    }
  }
}

TEST(LeakyReLUTest, ByHand) {
  LeakyReLU leaky_relu(0.25);
  EXPECT_EQ(leaky_relu.Description(), "LeakyReLU(0.25)");
  EXPECT_EQ(leaky_relu.OutputShape({2, 3}).value(), (Shape{2, 3}));
  EXPECT_THAT(leaky_relu.Parameters(), IsEmpty());
  const Tensor<float> input({1, 3}, {-8, 0, 3});
  EXPECT_THAT(leaky_relu.Forward(input).values(), ElementsAre(-2, 0, 3));
  // As in PyTorch, 0 is on the left side.
  EXPECT_THAT(leaky_relu.Backward(Tensor<float>({1, 3}, {4, 4, 4})).values(),
              ElementsAre(1, 1, 4));
}

TEST(LeakyReLUTest, SlopeIsPyTorchsUnlessSaid) {
  LeakyReLU leaky_relu;
  EXPECT_EQ(leaky_relu.Description(), "LeakyReLU(0.01)");
  EXPECT_THAT(leaky_relu.Forward(Tensor<float>({1, 1}, {-1})).values(),
              ElementsAre(-0.01f));
}

TEST(LeakyReLUDeathTest, Misuse) {
  LeakyReLU leaky_relu;
  EXPECT_DEATH(leaky_relu.Backward(Tensor<float>({2, 3})),
               "LeakyReLU: Backward before Forward");
  const Tensor<float> input({2, 3});
  leaky_relu.Forward(input);
  EXPECT_DEATH(leaky_relu.Backward(Tensor<float>({3, 2})),
               "shapes \\[2, 3\\] and \\[3, 2\\] differ");
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_DEATH(LeakyReLU{kInfinity}, "LeakyReLU: negative slope inf");
}

}  // namespace
}  // namespace minidl
