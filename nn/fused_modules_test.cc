#include "nn/fused_modules.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/fused_testutil.h"
#include "nn/max_pool2d.h"
#include "nn/relu.h"
#include "nn/sequential.h"
#include "nn/tanh.h"
#include "tensor/generator.h"

namespace minidl {
namespace {

// A convolution of 3×3 pixels and what follows it: 'n' batch normalisation, 'r'
// ReLU, 'p' pooling.
struct Layer {
  std::string modules;
  int64_t out_channels;
  int64_t padding;
};

void AddLayers(const std::vector<Layer>& layers, Generator& generator,
               Sequential& network) {
  int64_t channels = 2;
  for (const Layer& layer : layers) {
    Conv2dOptions options;
    options.padding = layer.padding;
    network.Emplace<Conv2d>(channels, layer.out_channels, 3, options,
                            generator);
    channels = layer.out_channels;
    for (const char module : layer.modules) {
      if (module == 'n') network.Emplace<BatchNorm2d>(channels);
      if (module == 'r') network.Emplace<ReLU>();
      if (module == 'p') network.Emplace<MaxPool2d>(2);
    }
  }
}

// How many modules are fused, 0 if none.
size_t NumFused(const Sequential& modules) {
  const auto fused = FusedModules::Match(modules.modules());
  return fused == nullptr ? 0 : fused->num_modules();
}

TEST(FusedModulesTest, MatchesAllRunsThatFollowOneAnother) {
  Generator generator(0);
  Sequential modules;
  modules.Emplace<Conv2d>(2, 4, 3, generator);
  EXPECT_EQ(NumFused(modules), 0u);
  modules.Emplace<MaxPool2d>(2);
  EXPECT_EQ(NumFused(modules), 2u);
  modules.Emplace<Conv2d>(4, 4, 3, generator);
  EXPECT_EQ(NumFused(modules), 2u);
  modules.Emplace<BatchNorm2d>(4);
  modules.Emplace<ReLU>();
  EXPECT_EQ(NumFused(modules), 5u);
  modules.Emplace<Conv2d>(4, 4, 3, generator);
  modules.Emplace<MaxPool2d>(2);
  EXPECT_EQ(NumFused(modules), 7u);
  modules.Emplace<Tanh>();
  modules.Emplace<Conv2d>(4, 4, 3, generator);
  modules.Emplace<MaxPool2d>(2);
  EXPECT_EQ(NumFused(modules), 7u);
}

// One kind of run after the other, with images that have a border and that have
// none, and channels that fill groups and that do not.
TEST(FusedModulesTest, RunsHandOverToOneAnother) {
  const std::vector<std::vector<Layer>> networks = {
      {{"nr", 5, 0}, {"p", 18, 1}},
      {{"nr", 16, 1}, {"pr", 3, 0}},
      {{"p", 5, 1}, {"nr", 18, 1}},
      {{"pr", 16, 0}, {"nrp", 3, 0}},
      {{"nr", 5, 1}, {"nr", 6, 1}, {"rp", 7, 1}, {"pr", 8, 1}, {"npr", 9, 1}},
  };
  for (const std::vector<Layer>& layers : networks) {
    std::string trace;
    for (const Layer& layer : layers) trace += layer.modules + " ";
    SCOPED_TRACE(trace);
    Sequential network;
    Generator generator(0);
    AddLayers(layers, generator, network);
    ASSERT_EQ(NumFused(network), network.modules().size());
    ExpectFusedIsOneByOne(
        [&layers](Generator& of_weights, Sequential& modules) {
          AddLayers(layers, of_weights, modules);
        },
        {5, 2, 17, 16}, /*output_terms=*/64, /*gradient_terms=*/640);
  }
}

// Of batches of other sizes in between.
TEST(FusedModulesTest, BatchesFollowOneAnother) {
  Sequential network;
  Generator generator(0);
  AddLayers({{"nr", 5, 1}, {"p", 6, 1}, {"nr", 7, 0}}, generator, network);
  Tensor<float> first;
  for (const int64_t batch : {2, 9, 1, 2}) {
    Tensor<float> input({batch, 2, 10, 10});
    for (int64_t i = 0; i < input.size(); ++i) {
      input.data()[i] = static_cast<float>(i % 7);
    }
    const Tensor<float>& output = network.Forward(input);
    if (first.size() == 0) first = output.Clone();
    if (batch == 2) {
      EXPECT_EQ(output.values(), first.values());
    }
    EXPECT_EQ(network.Backward(output).shape(), input.shape());
  }
}

}  // namespace
}  // namespace minidl
