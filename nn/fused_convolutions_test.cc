#include "nn/fused_convolutions.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
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

// The modules called one by one, as a Sequential that fuses nothing would.
const Tensor<float>& ForwardOneByOne(Sequential& modules,
                                     const Tensor<float>& input) {
  const Tensor<float>* current = &input;
  for (const auto& module : modules.modules()) {
    current = &module->Forward(*current);
  }
  return *current;
}
const Tensor<float>& BackwardOneByOne(Sequential& modules,
                                      const Tensor<float>& gradient) {
  const Tensor<float>* current = &gradient;
  for (size_t i = modules.modules().size(); i-- > 0;) {
    current = &modules.modules()[i]->Backward(*current);
  }
  return *current;
}

// Two stages with padding, in all three orders of the modules.
TEST_F(FusedConvolutionsTest, SequentialComputesTheSame) {
  for (const std::string order : {"pool relu", "relu pool", "pool"}) {
    SCOPED_TRACE(order);
    Sequential network;
    int64_t channels = 2;
    for (const int64_t out_channels : {5, 18}) {
      Conv2dOptions options;
      options.padding = 1;
      network.Emplace<Conv2d>(channels, out_channels, 3, options, generator_);
      if (order == "relu pool") network.Emplace<ReLU>();
      network.Emplace<MaxPool2d>(2);
      if (order == "pool relu") network.Emplace<ReLU>();
      channels = out_channels;
    }
    Tensor<float> input({4, 2, 9, 8});
    FillUniform(-1, 1, generator_, input);

    const Tensor<float> expected = ForwardOneByOne(network, input).Clone();
    Tensor<float> gradient(expected.shape());
    FillUniform(-1, 1, generator_, gradient);
    const Tensor<float> expected_gradient =
        BackwardOneByOne(network, gradient).Clone();
    std::vector<Tensor<float>> expected_parameter_gradients;
    for (const NamedParameter& named : network.Parameters()) {
      expected_parameter_gradients.push_back(named.parameter->gradient.Clone());
      named.parameter->gradient.Fill(0);
    }

    // The sums have up to 64 terms of about 0.1; see Higham in matmul_test.
    const float tolerance = 64 * 0x1p-23f;
    EXPECT_THAT(network.Forward(input).values(),
                Pointwise(FloatNear(tolerance), expected.values()));
    EXPECT_THAT(network.Backward(gradient).values(),
                Pointwise(FloatNear(tolerance), expected_gradient.values()));
    const auto parameters = network.Parameters();
    for (size_t i = 0; i < parameters.size(); ++i) {
      EXPECT_THAT(parameters[i].parameter->gradient.values(),
                  Pointwise(FloatNear(10 * tolerance),
                            expected_parameter_gradients[i].values()))
          << parameters[i].name;
    }
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
