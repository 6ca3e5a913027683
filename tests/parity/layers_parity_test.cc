// Layers and losses against PyTorch's: initial values to the bit, outputs and
// gradients to rounding errors. See make_golden.py.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/conv2d.h"
#include "nn/linear.h"
#include "nn/loss.h"
#include "nn/max_pool2d.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "nn/relu.h"
#include "nn/tanh.h"
#include "tensor/conv2d.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tests/parity/golden.h"

namespace minidl {
namespace {

using ::testing::FloatNear;
using ::testing::Pointwise;

using Golden = absl::Span<const float>;

// torch.empty(shape).uniform_(-1, 1)
Tensor<float> Uniform(const Shape& shape, Generator& generator) {
  Tensor<float> tensor(shape);
  FillUniform(-1, 1, generator, tensor);
  return tensor;
}

// Sums here have up to 84 products of numbers in [-1, 1], of which the largest
// results are below 8: what orders of summation differ in is a few roundings of
// such numbers.
auto IsNear() { return FloatNear(8 * 0x1p-22f); }

// The output of `module` for a random input, and its gradients for a random
// gradient by the output; the golden gradients by parameters in their order.
void ExpectStep(Module& module, const Shape& input_shape, Generator& generator,
                Golden output, Golden input_gradient,
                const std::vector<Golden>& parameter_gradients) {
  const Tensor<float> input = Uniform(input_shape, generator);
  const Tensor<float>& actual = module.Forward(input);
  EXPECT_THAT(actual.values(), Pointwise(IsNear(), output));
  const Tensor<float> output_gradient = Uniform(actual.shape(), generator);
  EXPECT_THAT(module.Backward(output_gradient).values(),
              Pointwise(IsNear(), input_gradient));
  const std::vector<NamedParameter> parameters = module.Parameters();
  ASSERT_EQ(parameters.size(), parameter_gradients.size());
  for (size_t i = 0; i < parameters.size(); ++i) {
    EXPECT_THAT(parameters[i].parameter->gradient.values(),
                Pointwise(IsNear(), parameter_gradients[i]))
        << "gradient by " << parameters[i].name;
  }
}

TEST(LayersParityTest, InitialValuesAreTheSameBits) {
  Generator generator(1);
  Linear linear(7, 5, generator);
  Conv2d conv(2, 3, 3, generator);
  const auto expect = [](Module& module, Golden weight, Golden bias) {
    const std::vector<NamedParameter> parameters = module.Parameters();
    EXPECT_EQ(parameters[0].parameter->value.values(), weight);
    EXPECT_EQ(parameters[1].parameter->value.values(), bias);
  };
  expect(linear, golden::kInitialLinearWeight, golden::kInitialLinearBias);
  expect(conv, golden::kInitialConv2dWeight, golden::kInitialConv2dBias);
}

TEST(LayersParityTest, Linear) {
  Generator generator(2);
  Linear linear(7, 5, generator);
  ExpectStep(linear, {3, 7}, generator, golden::kLinearOutput,
             golden::kLinearInputGradient,
             {golden::kLinearWeightGradient, golden::kLinearBiasGradient});
}

TEST(LayersParityTest, Conv2d) {
  struct Case {
    int64_t kernel_size;
    Conv2dOptions options;
    Golden output, input_gradient, weight_gradient, bias_gradient;
  };
#define MINIDL_CASE(K, S, P)                                             \
  {                                                                      \
    K, {S, P}, golden::kConv2dKernel##K##Stride##S##Padding##P##Output,  \
        golden::kConv2dKernel##K##Stride##S##Padding##P##InputGradient,  \
        golden::kConv2dKernel##K##Stride##S##Padding##P##WeightGradient, \
        golden::kConv2dKernel##K##Stride##S##Padding##P##BiasGradient    \
  }
  const Case cases[] = {MINIDL_CASE(3, 1, 0), MINIDL_CASE(3, 1, 1),
                        MINIDL_CASE(3, 2, 0), MINIDL_CASE(2, 2, 1),
                        MINIDL_CASE(1, 3, 2)};
#undef MINIDL_CASE
  for (const Case& c : cases) {
    Generator generator(3);
    Conv2d conv(2, 3, c.kernel_size, c.options, generator);
    SCOPED_TRACE(conv.Description());
    ExpectStep(conv, {2, 2, 7, 6}, generator, c.output, c.input_gradient,
               {c.weight_gradient, c.bias_gradient});
  }
}

TEST(LayersParityTest, MaxPool2d) {
  struct Case {
    int64_t kernel_size, stride;
    Golden output, input_gradient;
  };
  const Case cases[] = {
      {2, 2, golden::kMaxPool2dKernel2Stride2Output,
       golden::kMaxPool2dKernel2Stride2InputGradient},
      {3, 2, golden::kMaxPool2dKernel3Stride2Output,
       golden::kMaxPool2dKernel3Stride2InputGradient},
      {2, 1, golden::kMaxPool2dKernel2Stride1Output,
       golden::kMaxPool2dKernel2Stride1InputGradient},
      {1, 3, golden::kMaxPool2dKernel1Stride3Output,
       golden::kMaxPool2dKernel1Stride3InputGradient},
  };
  for (const Case& c : cases) {
    Generator generator(4);
    MaxPool2d pool(c.kernel_size, c.stride);
    SCOPED_TRACE(pool.Description());
    ExpectStep(pool, {1, 2, 6, 5}, generator, c.output, c.input_gradient, {});
  }
}

TEST(LayersParityTest, ReLU) {
  Generator generator(5);
  ReLU relu;
  ExpectStep(relu, {3, 8}, generator, golden::kReLUOutput,
             golden::kReLUInputGradient, {});
}

TEST(LayersParityTest, Tanh) {
  Generator generator(5);
  Tanh tanh;
  ExpectStep(tanh, {3, 8}, generator, golden::kTanhOutput,
             golden::kTanhInputGradient, {});
}

TEST(LossesParityTest, LossMSE) {
  Generator generator(6);
  const Tensor<float> prediction = Uniform({4, 3}, generator);
  const Tensor<float> target = Uniform({4, 3}, generator);
  LossMSE loss;
  EXPECT_NEAR(loss.Forward(prediction, target), golden::kLossMSE[0], 1e-7);
  EXPECT_THAT(loss.Backward().values(),
              Pointwise(FloatNear(1e-7f), golden::kLossMSEGradient));
}

TEST(LossesParityTest, LossCrossEntropy) {
  Generator generator(7);
  Tensor<float> logits = Uniform({6, 10}, generator);
  // From logits that say little to logits that say all.
  const float scales[] = {1, 2, 4, 16, 64, 256};
  for (int64_t n = 0; n < 6; ++n) {
    for (float& logit : logits.Outer(n)) logit *= scales[n];
  }
  const Tensor<int64_t> targets = RandomPermutation(6, generator);
  LossCrossEntropy loss;
  EXPECT_NEAR(loss.Forward(logits, targets), golden::kLossCrossEntropy[0],
              1e-6 * golden::kLossCrossEntropy[0]);
  EXPECT_THAT(loss.Backward().values(),
              Pointwise(FloatNear(1e-7f), golden::kLossCrossEntropyGradient));
}

}  // namespace
}  // namespace minidl
