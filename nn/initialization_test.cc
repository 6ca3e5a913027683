#include "nn/initialization.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

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

// Normal with this deviation: the mean's standard error is d / sqrt(n), the
// variance's d² sqrt(2 / n). Checked to within four standard errors.
void ExpectNormal(const Tensor<float>& tensor, double deviation) {
  const auto n = static_cast<double>(tensor.size());
  double sum = 0;
  double squares = 0;
  double fourth_powers = 0;
  for (const double value : tensor.values()) {
    sum += value;
    squares += value * value;
    fourth_powers += value * value * value * value;
  }
  const double variance = deviation * deviation;
  EXPECT_NEAR(sum / n, 0, 4 * deviation / std::sqrt(n));
  EXPECT_NEAR(squares / n, variance, 4 * variance * std::sqrt(2 / n));
  // Of a uniform distribution, 1.8 times the variance's square.
  EXPECT_NEAR(fourth_powers / n, 3 * variance * variance,
              4 * variance * variance * std::sqrt(96 / n));
}

struct Drawn {
  Tensor<float> weight;
  Tensor<float> bias;
};
Drawn Draw(Initialization initialization, const Shape& shape, uint64_t seed) {
  Drawn drawn = {Tensor<float>(shape), Tensor<float>({shape[0]})};
  drawn.bias.Fill(7);
  Generator generator(seed);
  Initialize(initialization, generator, drawn.weight, drawn.bias);
  return drawn;
}

TEST(InitializeTest, BoundsAndDeviationsFollowFromTheFans) {
  for (const Shape& shape : {Shape{1000, 256}, Shape{512, 32, 3, 3}}) {
    const auto fan_in =
        static_cast<double>(shape.WithoutOuter().num_elements());
    const auto fan_out = static_cast<double>(shape.num_elements() / shape[1]);
    const auto weight = [&](Initialization initialization) {
      Drawn drawn = Draw(initialization, shape, 1);
      EXPECT_THAT(drawn.bias.values(), Each(0));
      return std::move(drawn.weight);
    };
    ExpectUniform(weight(Initialization::kXavierUniform),
                  std::sqrt(6 / (fan_in + fan_out)));
    ExpectNormal(weight(Initialization::kXavierNormal),
                 std::sqrt(2 / (fan_in + fan_out)));
    ExpectUniform(weight(Initialization::kKaimingUniform),
                  std::sqrt(6 / fan_in));
    ExpectNormal(weight(Initialization::kKaimingNormal), std::sqrt(2 / fan_in));

    const Drawn drawn = Draw(Initialization::kPyTorchDefault, shape, 1);
    ExpectUniform(drawn.weight, 1 / std::sqrt(fan_in));
    ExpectUniform(drawn.bias, 1 / std::sqrt(fan_in));
  }
}

// The first and the last value of
//   torch.manual_seed(7); w = torch.empty(shape); torch.nn.init.NAME_(w)
// with PyTorch 1.13.
struct PyTorchValues {
  Initialization initialization;
  Shape shape;
  float first, last;
};
TEST(InitializeTest, PyTorchsValues) {
  const PyTorchValues values[] = {
      {Initialization::kXavierUniform, {3, 5}, 0x1.ef83b8p-5f, -0x1.858e82p-4f},
      {Initialization::kXavierUniform,
       {3, 2, 2, 2},
       0x1.396414p-5f,
       0x1.b52288p-3f},
      {Initialization::kKaimingUniform,
       {3, 5},
       0x1.396414p-4f,
       -0x1.ecc12ap-4f},
      {Initialization::kKaimingUniform,
       {3, 2, 2, 2},
       0x1.ef83b8p-5f,
       0x1.5995e2p-2f},
      {Initialization::kXavierNormal, {3, 5}, -0x1.2ca2e8p-4f, 0x1.653c44p-1f},
      {Initialization::kXavierNormal,
       {3, 2, 2, 2},
       -0x1.0992dep-2f,
       0x1.c73d4ap-2f},
      {Initialization::kKaimingNormal, {3, 5}, -0x1.7c473cp-4f, 0x1.c3defap-1f},
      {Initialization::kKaimingNormal,
       {3, 2, 2, 2},
       -0x1.a3e8acp-2f,
       0x1.67e5fap-1f},
  };
  for (const PyTorchValues& expected : values) {
    const Drawn drawn = Draw(expected.initialization, expected.shape, 7);
    EXPECT_EQ(drawn.weight.values().front(), expected.first);
    EXPECT_EQ(drawn.weight.values().back(), expected.last);
  }
}

// With one input the default's bound is 1 but for rounding, and the values are
// those of FillUniform, first the weight's.
TEST(InitializeTest, DrawsTheWeightAndThenTheBias) {
  Tensor<double> weight({2, 1});
  Tensor<double> bias({2});
  Generator generator(3);
  Initialize(Initialization::kPyTorchDefault, generator, weight, bias);
  Tensor<double> drawn({4});
  Generator same(3);
  FillUniform(-1, 1, same, drawn);
  EXPECT_NEAR(weight(0, 0), drawn(0), 1e-15);
  EXPECT_NEAR(weight(1, 0), drawn(1), 1e-15);
  EXPECT_THAT(bias.values(), ElementsAre(drawn(2), drawn(3)));
  EXPECT_EQ(generator.Random32(), same.Random32());
}

// As in PyTorch, where zeros_(bias) does not draw.
TEST(InitializeTest, ZerosAreNotDrawn) {
  Tensor<float> weight({20, 3});
  Tensor<float> bias({20});
  Generator generator(3);
  Initialize(Initialization::kXavierUniform, generator, weight, bias);
  Tensor<float> drawn({20, 3});
  Generator same(3);
  FillUniform(-1, 1, same, drawn);
  EXPECT_EQ(generator.Random32(), same.Random32());
}

TEST(InitializeDeathTest, WeightWithoutInputs) {
  Generator generator(1);
  Tensor<float> bias({3});
  Tensor<float> vector({3});
  EXPECT_DEATH(
      Initialize(Initialization::kXavierNormal, generator, vector, bias),
      "Initialize: weight \\[3\\]");
  Tensor<float> empty({3, 0});
  EXPECT_DEATH(
      Initialize(Initialization::kPyTorchDefault, generator, empty, bias),
      "Initialize: weight \\[3, 0\\]");
}

}  // namespace
}  // namespace minidl
