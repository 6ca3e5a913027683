#include "nn/relu.h"

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

TEST(ReLUTest, KeepsTheModuleContract) {
  for (const Shape& example : {Shape{7}, Shape{2, 3, 4}}) {
    ExpectKeepsModuleContract(
        [] { return std::make_unique<BasicReLU<double>>(); }, example);
  }
}

TEST(ReLUTest, ByHand) {
  ReLU relu;
  EXPECT_EQ(relu.Description(), "ReLU()");
  EXPECT_EQ(relu.OutputShape({2, 3}).value(), (Shape{2, 3}));
  EXPECT_THAT(relu.Parameters(), IsEmpty());
  const Tensor<float> input({1, 3}, {-1, 0, 2});
  EXPECT_THAT(relu.Forward(input).values(), ElementsAre(0, 0, 2));
  // At the kink the derivative is 0, as PyTorch's.
  EXPECT_THAT(relu.Backward(Tensor<float>({1, 3}, {5, 6, 7})).values(),
              ElementsAre(0, 0, 7));
}

TEST(ReLUDeathTest, GradientOfAnotherShape) {
  ReLU relu;
  relu.Forward(Tensor<float>({2, 3}));
  EXPECT_DEATH(relu.Backward(Tensor<float>({3, 2})),
               "shapes \\[2, 3\\] and \\[3, 2\\] differ");
}

}  // namespace
}  // namespace minidl
