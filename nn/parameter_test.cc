#include "nn/parameter.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"

namespace minidl {
namespace {

using ::testing::Each;

TEST(ParameterTest, StartsAtZero) {
  const Parameter parameter({2, 3});
  EXPECT_EQ(parameter.value.shape(), (Shape{2, 3}));
  EXPECT_EQ(parameter.gradient.shape(), (Shape{2, 3}));
  EXPECT_THAT(parameter.value.values(), Each(0));
  EXPECT_THAT(parameter.gradient.values(), Each(0));
}

TEST(ParameterTest, NumElementsCountsValues) {
  Parameter weight({2, 3});
  Parameter bias({2});
  EXPECT_EQ(NumElements<float>({{"weight", &weight}, {"bias", &bias}}), 8);
  EXPECT_EQ(NumElements<float>({}), 0);
}

}  // namespace
}  // namespace minidl
