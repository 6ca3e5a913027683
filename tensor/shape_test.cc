#include "tensor/shape.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;

TEST(ShapeTest, SizesRankAndElements) {
  const Shape shape = {2, 3, 5};
  EXPECT_EQ(shape.rank(), 3);
  EXPECT_EQ(shape[0], 2);
  EXPECT_EQ(shape[2], 5);
  EXPECT_THAT(shape.sizes(), ElementsAre(2, 3, 5));
  EXPECT_EQ(shape.num_elements(), 30);
}

TEST(ShapeTest, ScalarHasOneElementAndEmptyHasNone) {
  EXPECT_EQ(Shape().rank(), 0);
  EXPECT_EQ(Shape().num_elements(), 1);
  EXPECT_EQ((Shape{4, 0}).num_elements(), 0);
}

TEST(ShapeTest, Compares) {
  EXPECT_EQ((Shape{2, 3}), (Shape{2, 3}));
  EXPECT_NE((Shape{2, 3}), (Shape{3, 2}));
  EXPECT_NE((Shape{2, 3}), (Shape{2, 3, 1}));
}

TEST(ShapeTest, Is) {
  EXPECT_TRUE((Shape{2, 3}).Is(2, 3));
  EXPECT_FALSE((Shape{2, 3}).Is(2, 4));
  EXPECT_FALSE((Shape{2, 3}).Is(2));
  EXPECT_FALSE((Shape{2, 3}).Is(2, 3, 1));
  EXPECT_TRUE(Shape().Is());
}

TEST(ShapeTest, ToString) {
  EXPECT_EQ((Shape{2, 14, 14}).ToString(), "[2, 14, 14]");
  EXPECT_EQ(Shape().ToString(), "[]");
}

TEST(ShapeTest, OuterDimension) {
  EXPECT_EQ((Shape{14, 14}).WithOuter(2), (Shape{2, 14, 14}));
  EXPECT_EQ((Shape{2, 14, 14}).WithoutOuter(), (Shape{14, 14}));
  EXPECT_EQ(Shape().WithOuter(3), (Shape{3}));
  EXPECT_EQ((Shape{2, 14, 14}).ReplaceOuter(5), (Shape{5, 14, 14}));
}

TEST(ShapeDeathTest, Misuse) {
  EXPECT_DEATH((Shape{2, -1}), "\\[2, -1\\] has a negative size");
  EXPECT_DEATH((Shape{2}).WithOuter(-1), "\\[-1, 2\\] has a negative size");
  EXPECT_DEATH((Shape{1, 1, 1, 1, 1, 1, 1, 1, 1}), "9 dimensions; at most 8");
  EXPECT_DEATH((Shape{1, 2, 3, 4, 5, 6, 7, 8}).WithOuter(9),
               "\\[1, 2, 3, 4, 5, 6, 7, 8\\] has no room for another");
  EXPECT_DEATH((Shape{2, 3})[2], "\\[2, 3\\] has no dimension 2");
  EXPECT_DEATH((Shape{2, 3})[-1], "\\[2, 3\\] has no dimension -1");
  EXPECT_DEATH(Shape().ReplaceOuter(1), "a scalar has no outer dimension");
  EXPECT_DEATH((Shape{2}).ReplaceOuter(-1), "\\[-1\\] has a negative size");
  EXPECT_DEATH(Shape().WithoutOuter(), "a scalar has no outer dimension");
}

}  // namespace
}  // namespace minidl
