#include "nn/sigmoid.h"

#include <cmath>
#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/module_testutil.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::IsEmpty;

TEST(SigmoidTest, KeepsTheModuleContract) {
  for (const Shape& example : {Shape{7}, Shape{2, 3, 4}}) {
    ExpectKeepsModuleContract(
        [] { return std::make_unique<BasicSigmoid<double>>(); }, example);
  }
}

TEST(SigmoidTest, ByHand) {
  Sigmoid sigmoid;
  EXPECT_EQ(sigmoid.Description(), "Sigmoid()");
  EXPECT_EQ(sigmoid.OutputShape({2, 3}).value(), (Shape{2, 3}));
  EXPECT_THAT(sigmoid.Parameters(), IsEmpty());
  // 1 / (1 + 1/3) = 3/4, whose derivative is 3/4 · 1/4.
  const Tensor<float> input({1, 2}, {0, std::log(3.0f)});
  EXPECT_THAT(sigmoid.Forward(input).values(),
              ElementsAre(0.5, FloatEq(0.75f)));
  EXPECT_THAT(sigmoid.Backward(Tensor<float>({1, 2}, {4, 16})).values(),
              ElementsAre(1, FloatEq(3)));
}

TEST(SigmoidDeathTest, GradientOfAnotherShape) {
  Sigmoid sigmoid;
  sigmoid.Forward(Tensor<float>({2, 3}));
  EXPECT_DEATH(sigmoid.Backward(Tensor<float>({3, 2})),
               "shapes \\[2, 3\\] and \\[3, 2\\] differ");
}

}  // namespace
}  // namespace minidl
