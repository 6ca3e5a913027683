#include "nn/fused_conv_norms.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/max_pool2d.h"
#include "nn/module.h"
#include "nn/relu.h"
#include "nn/sequential.h"
#include "nn/tanh.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::FloatNear;
using ::testing::Pointwise;

// How many modules are fused, 0 if none.
size_t NumFused(const Sequential& modules) {
  const auto fused = FusedConvNorms::Match(modules.modules());
  return fused == nullptr ? 0 : fused->num_modules();
}

class FusedConvNormsTest : public testing::Test {
 protected:
  Generator generator_{0};
  Sequential modules_;
};

TEST_F(FusedConvNormsTest, MatchesTheLongestRun) {
  modules_.Emplace<Conv2d>(1, 4, 3, generator_);
  EXPECT_EQ(NumFused(modules_), 0u);
  modules_.Emplace<BatchNorm2d>(4);
  EXPECT_EQ(NumFused(modules_), 0u);
  modules_.Emplace<ReLU>();
  EXPECT_EQ(NumFused(modules_), 3u);
  modules_.Emplace<MaxPool2d>(2);
  EXPECT_EQ(NumFused(modules_), 4u);
  modules_.Emplace<Conv2d>(4, 4, 3, generator_);
  modules_.Emplace<BatchNorm2d>(4);
  EXPECT_EQ(NumFused(modules_), 4u);
  modules_.Emplace<MaxPool2d>(2);
  EXPECT_EQ(NumFused(modules_), 4u);
  modules_.Emplace<ReLU>();
  EXPECT_EQ(NumFused(modules_), 8u);
  modules_.Emplace<ReLU>();
  EXPECT_EQ(NumFused(modules_), 8u);
}

TEST_F(FusedConvNormsTest, OtherModulesAreLeftAlone) {
  const auto num_fused = [this](const Conv2dOptions& options) {
    Sequential modules;
    modules.Emplace<Conv2d>(1, 4, 3, options, generator_);
    modules.Emplace<BatchNorm2d>(4);
    modules.Emplace<ReLU>();
    return NumFused(modules);
  };
  EXPECT_EQ(num_fused({/*stride=*/1, /*padding=*/2, /*dilation=*/1}), 3u);
  EXPECT_EQ(num_fused({/*stride=*/2, /*padding=*/0, /*dilation=*/1}), 0u);
  EXPECT_EQ(num_fused({/*stride=*/1, /*padding=*/3, /*dilation=*/1}), 0u);
  EXPECT_EQ(num_fused({/*stride=*/1, /*padding=*/0, /*dilation=*/2}), 0u);

  modules_.Emplace<Conv2d>(1, 4, 3, generator_);
  modules_.Emplace<BatchNorm2d>(4);
  modules_.Emplace<Tanh>();
  EXPECT_EQ(NumFused(modules_), 0u);

  Sequential other_pool;
  other_pool.Emplace<Conv2d>(1, 4, 3, generator_);
  other_pool.Emplace<BatchNorm2d>(4);
  other_pool.Emplace<ReLU>();
  other_pool.Emplace<MaxPool2d>(2, 1);
  EXPECT_EQ(NumFused(other_pool), 3u);
}

void AddStages(const std::string& order, Generator& generator,
               Sequential& network) {
  int64_t channels = 2;
  for (const int64_t out_channels : {5, 18}) {
    Conv2dOptions options;
    options.padding = 1;
    network.Emplace<Conv2d>(channels, out_channels, 3, options, generator);
    network.Emplace<BatchNorm2d>(out_channels);
    if (order == "pool relu") network.Emplace<MaxPool2d>(2);
    network.Emplace<ReLU>();
    if (order == "relu pool") network.Emplace<MaxPool2d>(2);
    channels = out_channels;
  }
}

// Two stages, in all orders of the modules, train for two steps and are
// evaluated; the expected results are those of the modules called one by one,
// as a Sequential that fuses nothing would.
TEST_F(FusedConvNormsTest, SequentialComputesTheSame) {
  for (const std::string order : {"pool relu", "relu pool", "relu"}) {
    SCOPED_TRACE(order);
    Sequential fused;
    Sequential expected;
    for (Sequential* network : {&fused, &expected}) {
      Generator generator(/*seed=*/3);
      AddStages(order, generator, *network);
    }
    const auto parameters = fused.Parameters();
    const auto expected_parameters = expected.Parameters();
    // The sums have up to 64 terms of about 1; see Higham in matmul_test.
    const float tolerance = 64 * 0x1p-23f;
    for (const bool training : {true, true, false}) {
      fused.SetTraining(training);
      expected.SetTraining(training);
      Tensor<float> input({4, 2, 9, 8});
      FillUniform(-1, 1, generator_, input);
      const Tensor<float>* current = &input;
      for (const auto& module : expected.modules()) {
        current = &module->Forward(*current);
      }
      EXPECT_THAT(fused.Forward(input).values(),
                  Pointwise(FloatNear(tolerance), current->values()));
      Tensor<float> gradient(current->shape());
      FillUniform(-1, 1, generator_, gradient);
      current = &gradient;
      for (size_t i = expected.modules().size(); i-- > 0;) {
        current = &expected.modules()[i]->Backward(*current);
      }
      EXPECT_THAT(fused.Backward(gradient).values(),
                  Pointwise(FloatNear(10 * tolerance), current->values()));
      // The gradients add up.
      for (size_t i = 0; i < parameters.size(); ++i) {
        EXPECT_THAT(
            parameters[i].parameter->gradient.values(),
            Pointwise(FloatNear(100 * tolerance),
                      expected_parameters[i].parameter->gradient.values()))
            << parameters[i].name;
      }
      const auto buffers = fused.Buffers();
      const auto expected_buffers = expected.Buffers();
      ASSERT_EQ(buffers.size(), 4u);
      for (size_t i = 0; i < buffers.size(); ++i) {
        EXPECT_THAT(buffers[i].tensor->values(),
                    Pointwise(FloatNear(tolerance),
                              expected_buffers[i].tensor->values()))
            << buffers[i].name;
      }
    }
  }
}

TEST_F(FusedConvNormsTest, InputGradientOnlyIfItIsNeeded) {
  modules_.Emplace<Conv2d>(1, 4, 3, generator_);
  modules_.Emplace<BatchNorm2d>(4);
  modules_.Emplace<ReLU>();
  modules_.SetNeedsInputGradient(false);
  const Tensor<float> input({2, 1, 6, 6});
  const Tensor<float> gradient(modules_.Forward(input).shape());
  EXPECT_EQ(modules_.Backward(gradient).size(), 0);
  modules_.SetNeedsInputGradient(true);
  modules_.Forward(input);
  EXPECT_EQ(modules_.Backward(gradient).shape(), input.shape());
}

TEST_F(FusedConvNormsTest, OneValueIsNotEnoughToTrainOn) {
  modules_.Emplace<Conv2d>(1, 4, 3, generator_);
  modules_.Emplace<BatchNorm2d>(4);
  modules_.Emplace<ReLU>();
  EXPECT_DEATH(modules_.Forward(Tensor<float>({1, 1, 3, 3})),
               "BatchNorm2d: 1 value per channel to train on");
}

}  // namespace
}  // namespace minidl
