#include "tensor/tensor_testutil.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Le;

TEST(TensorTestutilTest, RandomTensorsDependOnTheSeed) {
  const Tensor<float> a = RandomTensor<float>({4, 5}, 1);
  EXPECT_EQ(a.shape(), (Shape{4, 5}));
  EXPECT_THAT(a.values(), Each(Ge(-1)));
  EXPECT_THAT(a.values(), Each(Le(1)));
  EXPECT_EQ(a.values(), RandomTensor<float>({4, 5}, 1).values());
  EXPECT_NE(a.values(), RandomTensor<float>({4, 5}, 2).values());
}

TEST(TensorTestutilTest, SeparatedTensorsHoldSeparateNumbers) {
  EXPECT_THAT(SeparatedTensor<double>({1}, 1).values(), ElementsAre(1));
  for (const int64_t n : {2, 3, 10, 101}) {
    const Tensor<double> tensor = SeparatedTensor<double>({n}, 1);
    EXPECT_NE(tensor.values(), SeparatedTensor<double>({n}, 2).values());
    std::vector<double> sorted(tensor.values().begin(), tensor.values().end());
    std::sort(sorted.begin(), sorted.end());
    EXPECT_GE(sorted.front(), -1);
    EXPECT_LE(sorted.back(), 1);
    for (int64_t i = 0; i < n; ++i) {
      const double x = sorted[static_cast<size_t>(i)];
      EXPECT_GE(std::abs(x), 1.0 / static_cast<double>(n) - 1e-15);
      if (i > 0) {
        EXPECT_NEAR(x - sorted[static_cast<size_t>(i - 1)],
                    2.0 / static_cast<double>(n), 1e-15);
      }
    }
  }
}

}  // namespace
}  // namespace minidl
