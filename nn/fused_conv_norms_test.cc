#include "nn/fused_conv_norms.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/fused_testutil.h"
#include "nn/max_pool2d.h"
#include "nn/relu.h"
#include "nn/sequential.h"
#include "nn/tanh.h"
#include "tensor/generator.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

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

// Two stages, in all orders of the modules. The sums have up to 64 terms of
// about 1; see Higham in matmul_test.
TEST_F(FusedConvNormsTest, SequentialComputesTheSame) {
  for (const std::string order : {"pool relu", "relu pool", "relu"}) {
    SCOPED_TRACE(order);
    Sequential stages;
    AddStages(order, generator_, stages);
    EXPECT_EQ(stages.Buffers().size(), 4u);
    ExpectFusedIsOneByOne(
        [&order](Generator& generator, Sequential& network) {
          AddStages(order, generator, network);
        },
        {4, 2, 9, 8}, /*output_terms=*/64, /*gradient_terms=*/640);
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
