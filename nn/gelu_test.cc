#include "nn/gelu.h"

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

TEST(GELUTest, KeepsTheModuleContract) {
  for (const Shape& example : {Shape{7}, Shape{2, 3, 4}}) {
    ExpectKeepsModuleContract(
        [] { return std::make_unique<BasicGELU<double>>(); }, example);
  }
}

TEST(GELUTest, FromTablesOfTheNormalDistribution) {
  GELU gelu;
  EXPECT_EQ(gelu.Description(), "GELU()");
  EXPECT_EQ(gelu.OutputShape({2, 3}).value(), (Shape{2, 3}));
  EXPECT_THAT(gelu.Parameters(), IsEmpty());
  // Φ(1) = 0.8413447461, φ(1) = 0.2419707245.
  const Tensor<float> input({1, 3}, {-1, 0, 1});
  EXPECT_THAT(gelu.Forward(input).values(),
              ElementsAre(FloatEq(-0.1586552539f), 0, FloatEq(0.8413447461f)));
  EXPECT_THAT(gelu.Backward(Tensor<float>({1, 3}, {1, 2, 1})).values(),
              ElementsAre(FloatEq(0.1586552539f - 0.2419707245f), FloatEq(1),
                          FloatEq(0.8413447461f + 0.2419707245f)));
}

TEST(GELUDeathTest, Misuse) {
  GELU gelu;
  EXPECT_DEATH(gelu.Backward(Tensor<float>({2, 3})),
               "GELU: Backward before Forward");
  const Tensor<float> input({2, 3});
  gelu.Forward(input);
  EXPECT_DEATH(gelu.Backward(Tensor<float>({3, 2})),
               "shapes \\[2, 3\\] and \\[3, 2\\] differ");
}

}  // namespace
}  // namespace minidl
