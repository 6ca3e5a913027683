// 100 steps of small networks with every optimizer, schedule and kind of
// clipping against PyTorch's.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/build_layers.h"
#include "nn/build_optimizer.h"
#include "nn/clip_gradients.h"
#include "nn/loss.h"
#include "nn/optimizer.h"
#include "nn/parameter.h"
#include "nn/sequential.h"
#include "proto/study.pb.h"
#include "tensor/generator.h"
#include "tensor/layout.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tests/parity/golden.h"
#include "tests/parity/parity.pb.h"

namespace minidl {
namespace {

using ::testing::Pointwise;

// A dozen roundings of numbers up to 1, through 100 steps. Losses are within
// 3e-7 of theirs.
constexpr double kTolerance = 1e-6;

class OptimizersParityTest : public testing::TestWithParam<GoldenCase> {};

TEST_P(OptimizersParityTest, LossesAndParameters) {
  const parity::TrajectoryCase& c = GetParam().message.trajectory();
  Generator generator(GetParam().message.seed());
  const absl::StatusOr<std::unique_ptr<Sequential>> built = BuildLayers<float>(
      c.layers(), "layers", {c.features()}, {generator, generator});
  ASSERT_TRUE(built.ok()) << built.status();
  Sequential& network = **built;
  const Tensor<float> inputs = Uniform({c.examples(), c.features()}, generator);
  const int64_t outputs = (*network.OutputShape({c.features()}))[0];
  const Tensor<float> targets = Uniform({c.examples(), outputs}, generator);
  const std::unique_ptr<Optimizer> optimizer =
      BuildOptimizer(c.training(), network.Parameters());
  LossMSE loss;

  const int64_t batch_size = c.training().batch_size();
  const int64_t batches = (c.examples() + batch_size - 1) / batch_size;
  const int64_t steps = c.training().epochs() * batches;
  std::vector<double> losses;
  Tensor<int64_t> order;
  Tensor<float> input;
  Tensor<float> target;
  for (int64_t step = 0; step < steps; ++step) {
    if (step % batches == 0) {
      order = RandomPermutation(c.examples(), generator);
    }
    const absl::Span<const int64_t> rows =
        order.values().subspan(static_cast<size_t>(step % batches * batch_size),
                               static_cast<size_t>(batch_size));
    GatherRows(inputs, rows, input);
    GatherRows(targets, rows, target);
    optimizer->ZeroGradients();
    losses.push_back(loss.Forward(network.Forward(input), target));
    network.Backward(loss.Backward());
    if (c.training().max_gradient_norm() != 0) {
      ClipGradientNorm(network.Parameters(), c.training().max_gradient_norm());
    }
    if (c.training().max_gradient_value() != 0) {
      ClipGradientValues(network.Parameters(),
                         c.training().max_gradient_value());
    }
    optimizer->set_learning_rate(LearningRate(c.training(), step, steps));
    optimizer->Step();
  }
  EXPECT_EQ(losses.size(), 100u);
  EXPECT_THAT(losses, Pointwise(IsRelativelyNear(kTolerance),
                                GetParam().Array("losses").values()));
  for (const auto& [name, parameter] : network.Parameters()) {
    ExpectNear(parameter->value.values(), GetParam(), name, kTolerance);
  }
}

INSTANTIATE_TEST_SUITE_P(Optimizers, OptimizersParityTest,
                         testing::ValuesIn(LoadGolden("optimizers")),
                         CaseName());

}  // namespace
}  // namespace minidl
