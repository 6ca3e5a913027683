// Losses and their gradients against PyTorch's: in double precision, which
// tells whether the same function is computed, and in single precision, which
// tells how well.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "gtest/gtest.h"
#include "nn/build_loss.h"
#include "nn/loss.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"
#include "tests/parity/golden.h"
#include "tests/parity/parity.pb.h"

namespace minidl {
namespace {

class LossesParityTest : public testing::TestWithParam<GoldenCase> {
 protected:
  template <typename T>
  void ExpectParity() const {
    const parity::LossCase& c = GetParam().message.loss();
    Generator generator(GetParam().message.seed());
    Tensor<T> prediction =
        Convert<T>(Uniform(ToShape(c.prediction()), generator));
    const int64_t count = prediction.shape()[0];
    for (int64_t n = 0; n < count && c.growth() != 0; ++n) {
      const double factor = std::pow(c.growth(), n);  // A power of 2.
      for (T& value : prediction.Outer(n)) value *= static_cast<T>(factor);
    }
    if (c.target() == parity::LossCase::CLASSES) {
      const auto loss = BuildLoss<T>(c.loss(), "loss", prediction.shape()[1]);
      ASSERT_TRUE(loss.ok()) << loss.status();
      ExpectParity(**loss, prediction, DrawClasses(generator));
      return;
    }
    const Reduction reduction = c.loss().reduction() == proto::Loss::SUM
                                    ? Reduction::kSum
                                    : Reduction::kMean;
    const Tensor<T> target = DrawValues<T>(generator);
    if (c.loss().has_mse()) {
      BasicLossMSE<T> loss(reduction);
      ExpectParity(loss, prediction, target);
    } else {
      ASSERT_TRUE(c.loss().has_bce_with_logits());
      BasicLossBCEWithLogits<T> loss(reduction);
      ExpectParity(loss, prediction, target);
    }
  }

 private:
  // N classes.
  static Tensor<int64_t> DrawClasses(Generator& generator) {
    const auto& shape = GetParam().message.loss().prediction();
    Tensor<int64_t> classes = RandomPermutation(shape[0], generator);
    for (int64_t& value : classes.values()) value %= shape[1];
    return classes;
  }

  // Values in [0, 1), N×C.
  template <typename T>
  static Tensor<T> DrawValues(Generator& generator) {
    Tensor<T> values = Convert<T>(
        Uniform(ToShape(GetParam().message.loss().prediction()), generator));
    for (T& value : values.values()) value = (value + 1) / 2;
    return values;
  }

  template <typename T, typename Loss, typename Target>
  static void ExpectParity(Loss& loss, const Tensor<T>& prediction,
                           const Target& target) {
    // A few roundings of the largest logit, or loss.
    const double value = GetParam().Array("value").values(0);
    double scale = std::max(1.0, value);
    for (const T x : prediction.values()) {
      scale = std::max(scale, std::abs(double{x}));
    }
    const double tolerance = 8 * UnitRoundoff<T>() * scale;
    EXPECT_NEAR(loss.Forward(prediction, target), value, tolerance);
    ExpectNear(loss.Backward(/*weight=*/1).values(), GetParam(), "gradient",
               tolerance);
  }
};

TEST_P(LossesParityTest, InSinglePrecision) { ExpectParity<float>(); }

TEST_P(LossesParityTest, InDoublePrecision) { ExpectParity<double>(); }

INSTANTIATE_TEST_SUITE_P(Losses, LossesParityTest,
                         testing::ValuesIn(LoadGolden("losses")), CaseName());

}  // namespace
}  // namespace minidl
