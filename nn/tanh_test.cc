#include "nn/tanh.h"

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

TEST(TanhTest, KeepsTheModuleContract) {
  for (const Shape& example : {Shape{7}, Shape{2, 3, 4}}) {
    ExpectKeepsModuleContract(
        [] { return std::make_unique<BasicTanh<double>>(); }, example);
  }
}

TEST(TanhTest, ByHand) {
  Tanh tanh;
  EXPECT_EQ(tanh.Description(), "Tanh()");
  EXPECT_EQ(tanh.OutputShape({2, 3}).value(), (Shape{2, 3}));
  EXPECT_THAT(tanh.Parameters(), IsEmpty());
  // tanh(ln 2) = (2 - 1/2) / (2 + 1/2) = 3/5, whose derivative is 1 - 9/25.
  const Tensor<float> input({1, 2}, {0, std::log(2.0f)});
  EXPECT_THAT(tanh.Forward(input).values(), ElementsAre(0, FloatEq(0.6f)));
  EXPECT_THAT(tanh.Backward(Tensor<float>({1, 2}, {5, 100})).values(),
              ElementsAre(5, FloatEq(64)));
}

TEST(TanhDeathTest, GradientOfAnotherShape) {
  Tanh tanh;
  tanh.Forward(Tensor<float>({2, 3}));
  EXPECT_DEATH(tanh.Backward(Tensor<float>({3, 2})),
               "shapes \\[2, 3\\] and \\[3, 2\\] differ");
}

}  // namespace
}  // namespace minidl
