#include "tensor/binary_cross_entropy.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;

template <typename T>
class BinaryCrossEntropyTest : public testing::Test {};
TYPED_TEST_SUITE(BinaryCrossEntropyTest, NumberTypes, NumberTypeNames);

TYPED_TEST(BinaryCrossEntropyTest, IsTheDefinition) {
  constexpr double kEpsilon = std::numeric_limits<TypeParam>::epsilon();
  const auto logits = RandomTensor<TypeParam>({3, 5}, 1);
  auto targets = RandomTensor<TypeParam>({3, 5}, 2);
  for (TypeParam& y : targets.values()) y = (y + 1) / 2;
  Tensor<TypeParam> difference;
  const double sum = BinaryCrossEntropy(logits, targets, difference);
  ASSERT_EQ(difference.shape(), logits.shape());
  double expected = 0;
  for (int64_t i = 0; i < logits.size(); ++i) {
    const double y = targets.data()[i];
    const double s = 1 / (1 + std::exp(-double{logits.data()[i]}));
    expected -= y * std::log(s) + (1 - y) * std::log(1 - s);
    EXPECT_NEAR(difference.data()[i], s - y, 3 * kEpsilon);
  }
  EXPECT_NEAR(sum, expected, 15 * 3 * kEpsilon);
}

TYPED_TEST(BinaryCrossEntropyTest, LargeLogitsDoNotOverflow) {
  Tensor<TypeParam> difference;
  EXPECT_EQ(
      BinaryCrossEntropy(Tensor<TypeParam>({4}, {1000, 1000, -1000, -1000}),
                         Tensor<TypeParam>({4}, {1, 0, 1, 0}), difference),
      2000);
  EXPECT_THAT(difference.values(), ElementsAre(0, 1, -1, 0));
}

TEST(BinaryCrossEntropyDeathTest, ShapesThatDiffer) {
  Tensor<float> difference;
  EXPECT_DEATH(
      BinaryCrossEntropy(Tensor<float>({2, 3}), Tensor<float>({6}), difference),
      "BinaryCrossEntropy: shapes \\[2, 3\\] and \\[6\\] differ");
}

}  // namespace
}  // namespace minidl
