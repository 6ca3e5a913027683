// Training against PyTorch's: from the same seed the same initial values and
// batches, and losses that stay together step by step. See make_golden.py.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/linear.h"
#include "nn/loss.h"
#include "nn/optimizer.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "nn/relu.h"
#include "nn/sequential.h"
#include "nn/tanh.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/layout.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tests/parity/golden.h"

namespace minidl {
namespace {

using ::testing::FloatNear;
using ::testing::Pointwise;

using Golden = absl::Span<const float>;

MATCHER_P(IsRelativelyNear, tolerance, "") {
  const auto& [actual, expected] = arg;
  const double error = std::abs(actual / double{expected} - 1);
  *result_listener << "whose relative error is " << error;
  return error <= tolerance;
}

// How far losses may drift apart, through up to 100 steps: a dozen roundings.
// They are within 3e-7.
constexpr double kTolerance = 1e-6;

// torch.empty(shape).uniform_(low, 1)
Tensor<float> Uniform(const Shape& shape, double low, Generator& generator) {
  Tensor<float> tensor(shape);
  FillUniform(low, 1, generator, tensor);
  return tensor;
}

// 100 steps on a linear least-squares problem.
template <typename O>
void ExpectTrajectory(const typename O::Options& options, Golden losses,
                      Golden weight, Golden bias) {
  Generator generator(8);
  const Tensor<float> input = Uniform({20, 4}, -1, generator);
  const Tensor<float> target = Uniform({20, 2}, -1, generator);
  Linear model(4, 2, generator);
  O optimizer(model.Parameters(), options);
  LossMSE loss;
  std::vector<double> actual;
  for (size_t step = 0; step < losses.size(); ++step) {
    optimizer.ZeroGradients();
    actual.push_back(loss.Forward(model.Forward(input), target));
    model.Backward(loss.Backward());
    optimizer.Step();
  }
  EXPECT_EQ(losses.size(), 100u);
  EXPECT_THAT(actual, Pointwise(IsRelativelyNear(kTolerance), losses));
  const std::vector<NamedParameter> parameters = model.Parameters();
  EXPECT_THAT(parameters[0].parameter->value.values(),
              Pointwise(FloatNear(1e-6f), weight));
  EXPECT_THAT(parameters[1].parameter->value.values(),
              Pointwise(FloatNear(1e-6f), bias));
}

TEST(OptimizersParityTest, Sgd) {
  SGD::Options options;
  options.learning_rate = 0.1;
  ExpectTrajectory<SGD>(options, golden::kSgdLosses, golden::kSgdWeight,
                        golden::kSgdBias);
}

TEST(OptimizersParityTest, SgdWithMomentum) {
  SGD::Options options;
  options.learning_rate = 0.05;
  options.momentum = 0.9;
  ExpectTrajectory<SGD>(options, golden::kMomentumLosses,
                        golden::kMomentumWeight, golden::kMomentumBias);
}

TEST(OptimizersParityTest, Adam) {
  Adam::Options options;
  options.learning_rate = 0.01;
  ExpectTrajectory<Adam>(options, golden::kAdamLosses, golden::kAdamWeight,
                         golden::kAdamBias);
}

// Two epochs of 10 batches of the network that tells whether a point lies in a
// disk.
template <typename Activation>
void ExpectDiskLosses(Golden losses) {
  constexpr int64_t kPoints = 1000;
  constexpr size_t kBatch = 100;
  const double squared_radius = 1 / (2 * std::acos(-1.0));

  Generator generator(0);
  const Tensor<float> points = Uniform({kPoints, 2}, 0, generator);
  Tensor<float> targets({kPoints, 2});
  for (int64_t n = 0; n < kPoints; ++n) {
    const double x = points(n, 0) - 0.5;
    const double y = points(n, 1) - 0.5;
    targets(n, x * x + y * y < squared_radius ? 1 : 0) = 1;
  }
  Sequential network;
  network.Emplace<Linear>(2, 25, generator);
  network.Emplace<Activation>();
  network.Emplace<Linear>(25, 25, generator);
  network.Emplace<Activation>();
  network.Emplace<Linear>(25, 25, generator);
  network.Emplace<Activation>();
  network.Emplace<Linear>(25, 2, generator);
  SGD sgd(network.Parameters(), {});
  LossMSE loss;

  std::vector<double> actual;
  Tensor<float> input;
  Tensor<float> target;
  for (int epoch = 0; epoch < 2; ++epoch) {
    const Tensor<int64_t> order = RandomPermutation(kPoints, generator);
    for (size_t begin = 0; begin < kPoints; begin += kBatch) {
      const auto rows = order.values().subspan(begin, kBatch);
      GatherRows(points, rows, input);
      GatherRows(targets, rows, target);
      sgd.ZeroGradients();
      actual.push_back(loss.Forward(network.Forward(input), target));
      network.Backward(loss.Backward());
      sgd.Step();
    }
  }
  EXPECT_THAT(actual, Pointwise(IsRelativelyNear(kTolerance), losses));
}

TEST(TrainingParityTest, DiskNetworkWithReLU) {
  ExpectDiskLosses<ReLU>(golden::kDiskReLULosses);
}

TEST(TrainingParityTest, DiskNetworkWithTanh) {
  ExpectDiskLosses<Tanh>(golden::kDiskTanhLosses);
}

TEST(TrainingParityTest, Convnet) {
  proto::Architecture architecture;
  ASSERT_THAT(
      ParseTextProto(R"pb(
                       branches: JOINT
                       branch { conv2d { out_channels: 32 kernel_size: 3 } }
                       branch { max_pool2d { kernel_size: 2 } }
                       branch { relu {} }
                       branch { conv2d { out_channels: 64 kernel_size: 3 } }
                       branch { max_pool2d { kernel_size: 2 } }
                       branch { relu {} }
                       branch { flatten {} }
                       branch { linear { out_features: 200 } }
                       branch { relu {} }
                       branch { linear { out_features: 2 } }
                     )pb",
                     "test", &architecture),
      IsOk());
  Generator generator(43);
  const Tensor<float> pairs = Uniform({10, 2, 14, 14}, 0, generator);
  Tensor<int64_t> targets = RandomPermutation(10, generator);
  for (int64_t& target : targets.values()) target %= 2;
  const auto created =
      PairNetwork::Create(architecture, {14, 14, 10}, {generator, generator});
  ASSERT_THAT(created, IsOk());
  PairNetwork& network = **created;
  Adam adam(network.Parameters(), {});
  LossCrossEntropy loss;

  std::vector<double> actual;
  for (int step = 0; step < 20; ++step) {
    adam.ZeroGradients();
    actual.push_back(loss.Forward(network.Forward(pairs).comparison, targets));
    network.Backward(loss.Backward(), nullptr);
    adam.Step();
  }
  EXPECT_THAT(actual, Pointwise(IsRelativelyNear(kTolerance),
                                Golden(golden::kConvnetLosses)));
}

}  // namespace
}  // namespace minidl
