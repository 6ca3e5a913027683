#include "nn/fused_convolutions.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
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
  const auto fused = FusedConvolutions::Match(modules.modules());
  return fused == nullptr ? 0 : fused->num_modules();
}

class FusedConvolutionsTest : public testing::Test {
 protected:
  Generator generator_{0};
  Sequential modules_;
};

TEST_F(FusedConvolutionsTest, MatchesTheLongestRun) {
  modules_.Emplace<Conv2d>(1, 4, 3, generator_);
  EXPECT_EQ(NumFused(modules_), 0u);
  modules_.Emplace<MaxPool2d>(2);
  EXPECT_EQ(NumFused(modules_), 2u);
  modules_.Emplace<ReLU>();
  EXPECT_EQ(NumFused(modules_), 3u);
  modules_.Emplace<Conv2d>(4, 4, 3, generator_);
  EXPECT_EQ(NumFused(modules_), 3u);
  modules_.Emplace<ReLU>();
  EXPECT_EQ(NumFused(modules_), 3u);
  modules_.Emplace<MaxPool2d>(2);
  EXPECT_EQ(NumFused(modules_), 6u);
  modules_.Emplace<ReLU>();
  EXPECT_EQ(NumFused(modules_), 6u);
}

TEST_F(FusedConvolutionsTest, OtherModulesAreLeftAlone) {
  Conv2dOptions strided;
  strided.stride = 2;
  Sequential with_stride;
  with_stride.Emplace<Conv2d>(1, 4, 3, strided, generator_);
  with_stride.Emplace<MaxPool2d>(2);
  EXPECT_EQ(NumFused(with_stride), 0u);

  Conv2dOptions dilated;
  dilated.dilation = 2;
  Sequential with_dilation;
  with_dilation.Emplace<Conv2d>(1, 4, 3, dilated, generator_);
  with_dilation.Emplace<MaxPool2d>(2);
  EXPECT_EQ(NumFused(with_dilation), 0u);

  Sequential other_pool;
  other_pool.Emplace<Conv2d>(1, 4, 3, generator_);
  other_pool.Emplace<MaxPool2d>(2, 1);
  EXPECT_EQ(NumFused(other_pool), 0u);

  Sequential tanh;
  tanh.Emplace<Conv2d>(1, 4, 3, generator_);
  tanh.Emplace<Tanh>();
  tanh.Emplace<MaxPool2d>(2);
  EXPECT_EQ(NumFused(tanh), 0u);
}

void AddStages(const std::string& order, Generator& generator,
               Sequential& network) {
  int64_t channels = 2;
  for (const int64_t out_channels : {5, 18}) {
    Conv2dOptions options;
    options.padding = 1;
    network.Emplace<Conv2d>(channels, out_channels, 3, options, generator);
    if (order == "relu pool") network.Emplace<ReLU>();
    network.Emplace<MaxPool2d>(2);
    if (order == "pool relu") network.Emplace<ReLU>();
    channels = out_channels;
  }
}

// Two stages with padding, in all three orders of the modules. The sums have up
// to 64 terms of about 0.1; see Higham in matmul_test.
TEST_F(FusedConvolutionsTest, SequentialComputesTheSame) {
  for (const std::string order : {"pool relu", "relu pool", "pool"}) {
    SCOPED_TRACE(order);
    ExpectFusedIsOneByOne(
        [&order](Generator& generator, Sequential& network) {
          AddStages(order, generator, network);
        },
        {4, 2, 9, 8}, /*output_terms=*/64, /*gradient_terms=*/64);
  }
}

TEST_F(FusedConvolutionsTest, InputGradientOnlyIfItIsNeeded) {
  modules_.Emplace<Conv2d>(1, 4, 3, generator_);
  modules_.Emplace<MaxPool2d>(2);
  modules_.SetNeedsInputGradient(false);
  const Tensor<float> input({1, 1, 6, 6});
  const Tensor<float> gradient(modules_.Forward(input).shape());
  EXPECT_EQ(modules_.Backward(gradient).size(), 0);
  modules_.SetNeedsInputGradient(true);
  modules_.Forward(input);
  EXPECT_EQ(modules_.Backward(gradient).shape(), input.shape());
}

}  // namespace
}  // namespace minidl
