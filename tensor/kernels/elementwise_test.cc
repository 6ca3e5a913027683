#include "tensor/kernels/elementwise.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/reference_sum_testutil.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

// The other functions of elementwise.h are tested through tensor/elementwise.h.
namespace minidl::kernels {
namespace {

using ::testing::Pointwise;

template <typename T>
class SumTest : public testing::Test {};
TYPED_TEST_SUITE(SumTest, NumberTypes, NumberTypeNames);

TYPED_TEST(SumTest, SumIsTheDefinition) {
  for (int64_t n = 0; n <= 100; ++n) {
    const auto values = RandomTensor<TypeParam>({n}, 1);
    ReferenceSum expected;
    for (const TypeParam value : values.values()) expected.Add(value);
    EXPECT_THAT(std::vector<TypeParam>{Sum(n, values.data())},
                Pointwise(IsNearSum(), {expected}))
        << n << " values";
  }
}

TYPED_TEST(SumTest, EveryValueCountsOnce) {
  for (int64_t n = 1; n <= 50; ++n) {
    std::vector<TypeParam> values(static_cast<size_t>(n));
    for (TypeParam& value : values) {
      value = 1;
      EXPECT_EQ(Sum(n, values.data()), 1);
      value = 0;
    }
  }
}

TYPED_TEST(SumTest, ColumnSumsAreAdded) {
  for (const int64_t rows : {0, 1, 5}) {
    for (const int64_t cols : {0, 1, 2, 17}) {
      const auto matrix = RandomTensor<TypeParam>({rows, cols}, 1);
      auto sums = RandomTensor<TypeParam>({cols}, 2);
      std::vector<ReferenceSum> expected(static_cast<size_t>(cols));
      for (int64_t j = 0; j < cols; ++j) {
        ReferenceSum& sum = expected[static_cast<size_t>(j)];
        sum.Add(sums(j));
        for (int64_t i = 0; i < rows; ++i) sum.Add(matrix(i, j));
      }
      AddColumnSums(rows, cols, matrix.data(), sums.data());
      EXPECT_THAT(sums.values(), Pointwise(IsNearSum(), expected));
    }
  }
}

// 16 running sums of every sixteenth number, the later half added to the
// earlier one until one is left: the order that records depend on.
TEST(SumOrderTest, HasOneOrder) {
  for (const int64_t n : {15, 16, 17, 100, 1000}) {
    const auto values = RandomTensor<float>({n}, 1);
    std::vector<float> sums(16);
    for (int64_t i = 0; i < n; ++i)
      sums[static_cast<size_t>(i % 16)] += values(i);
    for (size_t half = 8; half > 0; half /= 2) {
      for (size_t j = 0; j < half; ++j) sums[j] += sums[j + half];
    }
    EXPECT_EQ(Sum(n, values.data()), sums[0]) << n << " values";
  }
}

}  // namespace
}  // namespace minidl::kernels
