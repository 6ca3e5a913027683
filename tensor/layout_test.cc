#include "tensor/layout.h"

#include <cstdint>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;

template <typename T>
class LayoutTest : public testing::Test {};
using ElementTypes = testing::Types<float, double, int64_t>;
TYPED_TEST_SUITE(LayoutTest, ElementTypes, NumberTypeNames);

TYPED_TEST(LayoutTest, CopyReshapedKeepsTheOrder) {
  const Tensor<TypeParam> input({2, 3}, {0, 1, 2, 3, 4, 5});
  Tensor<TypeParam> output;
  CopyReshaped(input, {3, 1, 2}, output);
  EXPECT_EQ(output.shape(), (Shape{3, 1, 2}));
  EXPECT_THAT(output.values(), ElementsAre(0, 1, 2, 3, 4, 5));
  CopyReshaped(Tensor<TypeParam>({0, 3}), {0}, output);
  EXPECT_EQ(output.shape(), (Shape{0}));
}

TYPED_TEST(LayoutTest, TakePartCutsEveryExample) {
  const Tensor<TypeParam> input({2, 2, 3}, {0, 1, 2, 3, 4, 5,  //
                                            10, 11, 12, 13, 14, 15});
  Tensor<TypeParam> output;
  TakePart(input, 1, {2, 1, 3}, output);
  EXPECT_EQ(output.shape(), (Shape{2, 1, 3}));
  EXPECT_THAT(output.values(), ElementsAre(3, 4, 5, 13, 14, 15));
  TakePart(input, 2, {2, 2}, output);
  EXPECT_EQ(output.shape(), (Shape{2, 2}));
  EXPECT_THAT(output.values(), ElementsAre(4, 5, 14, 15));
}

TYPED_TEST(LayoutTest, PutPartChangesThatPartAlone) {
  Tensor<TypeParam> output({2, 4});
  output.Fill(7);
  PutPart(Tensor<TypeParam>({2, 2, 1}, {1, 2, 3, 4}), 1, output);
  EXPECT_EQ(output.shape(), (Shape{2, 4}));
  EXPECT_THAT(output.values(), ElementsAre(7, 7, 1, 2, 7, 7, 3, 4));
  PutPart(Tensor<TypeParam>({2, 1}, {5, 6}), 0, output);
  EXPECT_THAT(output.values(), ElementsAre(5, 7, 1, 2, 6, 7, 3, 4));
}

TYPED_TEST(LayoutTest, GatherRowsMayRepeatAndLeaveOut) {
  const Tensor<TypeParam> input({3, 1, 2}, {0, 1, 10, 11, 20, 21});
  Tensor<TypeParam> output;
  GatherRows(input, {2, 0, 2, 2}, output);
  EXPECT_EQ(output.shape(), (Shape{4, 1, 2}));
  EXPECT_THAT(output.values(), ElementsAre(20, 21, 0, 1, 20, 21, 20, 21));
  GatherRows(input, {}, output);
  EXPECT_EQ(output.shape(), (Shape{0, 1, 2}));

  const Tensor<TypeParam> labels({3}, {7, 8, 9});
  GatherRows(labels, {1}, output);
  EXPECT_EQ(output.shape(), (Shape{1}));
  EXPECT_THAT(output.values(), ElementsAre(8));
}

TEST(LayoutDeathTest, ShapesThatDoNotFit) {
  const Tensor<float> input({2, 6});
  Tensor<float> output({2, 4});
  EXPECT_DEATH(
      CopyReshaped(input, {2, 5}, output),
      "CopyReshaped: \\[2, 6\\] has not as many elements as \\[2, 5\\]");
  EXPECT_DEATH(TakePart(input, 0, {3, 2}, output),
               "TakePart: \\[2, 6\\] and \\[3, 2\\] .* examples");
  EXPECT_DEATH(TakePart(input, 0, {2, 4}, output),
               "TakePart: examples of \\[2, 6\\] .* \\[2, 4\\]");
  EXPECT_DEATH(TakePart(input, 0, {2, 0}, output),
               "TakePart: examples of \\[2, 6\\] .* \\[2, 0\\]");
  EXPECT_DEATH(TakePart(input, 2, {2, 3}, output),
               "TakePart: examples of \\[2, 6\\] have no part 2 .* \\[2, 3\\]");
  EXPECT_DEATH(TakePart(input, -1, {2, 3}, output), "have no part -1");
  EXPECT_DEATH(PutPart(input, 0, output),
               "PutPart: examples of \\[2, 4\\] .* \\[2, 6\\]");
  EXPECT_DEATH(PutPart(Tensor<float>({3, 2}), 0, output),
               "PutPart: \\[2, 4\\] and \\[3, 2\\] .* examples");
  EXPECT_DEATH(GatherRows(input, {2}, output),
               "GatherRows: row 2 of \\[2, 6\\]");
  EXPECT_DEATH(GatherRows(input, {-1}, output), "GatherRows: row -1");
}

}  // namespace
}  // namespace minidl
