#include "nn/initialization.h"

#include <algorithm>
#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;

// Bits of PyTorch's own values: //tests/parity.

// Uniform within ±b: no value beyond it, and a variance of b²/3, whose standard
// error is sqrt(4/45) b² / sqrt(n). Checked to within four standard errors.
void ExpectUniform(const Tensor<float>& tensor, double bound) {
  const auto limit = static_cast<float>(bound * (1 + 0x1p-23));
  const auto [smallest, largest] =
      std::minmax_element(tensor.values().begin(), tensor.values().end());
  EXPECT_GE(*smallest, -limit);
  EXPECT_LE(*largest, limit);
  const auto n = static_cast<double>(tensor.size());
  double sum = 0;
  double squares = 0;
  for (const float value : tensor.values()) {
    sum += value;
    squares += double{value} * value;
  }
  EXPECT_NEAR(sum / n, 0, 4 * bound / std::sqrt(3 * n));
  EXPECT_NEAR(squares / n, bound * bound / 3,
              4 * std::sqrt(4 / 45.0 / n) * bound * bound);
}

TEST(InitializeUniformTest, BoundsFollowFromTheFanIn) {
  for (const Shape& shape : {Shape{1000, 256}, Shape{512, 32, 3, 3}}) {
    Tensor<float> weight(shape);
    Tensor<float> bias({shape[0]});
    Generator generator(1);
    InitializeUniform(generator, weight, bias);
    const double fan_in =
        static_cast<double>(shape.WithoutOuter().num_elements());
    ExpectUniform(weight, 1 / std::sqrt(fan_in));
    ExpectUniform(bias, 1 / std::sqrt(fan_in));
  }
}

// With one input the bound is 1 but for rounding, and the values are those of
// FillUniform, first the weight's.
TEST(InitializeUniformTest, DrawsTheWeightAndThenTheBias) {
  Tensor<double> weight({2, 1});
  Tensor<double> bias({2});
  Generator generator(3);
  InitializeUniform(generator, weight, bias);
  Tensor<double> drawn({4});
  Generator same(3);
  FillUniform(-1, 1, same, drawn);
  EXPECT_NEAR(weight(0, 0), drawn(0), 1e-15);
  EXPECT_NEAR(weight(1, 0), drawn(1), 1e-15);
  EXPECT_THAT(bias.values(), ElementsAre(drawn(2), drawn(3)));
  EXPECT_EQ(generator.Random32(), same.Random32());
}

TEST(InitializeUniformDeathTest, WeightWithoutInputs) {
  Generator generator(1);
  Tensor<float> bias({3});
  Tensor<float> vector({3});
  EXPECT_DEATH(InitializeUniform(generator, vector, bias),
               "InitializeUniform: weight \\[3\\]");
  Tensor<float> empty({3, 0});
  EXPECT_DEATH(InitializeUniform(generator, empty, bias),
               "InitializeUniform: weight \\[3, 0\\]");
}

}  // namespace
}  // namespace minidl
