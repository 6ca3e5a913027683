#include "tensor/conv_pool2d.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "tensor/channels_last.h"
#include "tensor/conv2d.h"
#include "tensor/elementwise.h"
#include "tensor/generator.h"
#include "tensor/images_view.h"
#include "tensor/kernels/targets_testutil.h"
#include "tensor/max_pool2d.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using kernels::ChooseTargets;
using kernels::ForEachTarget;

struct Case {
  int64_t batch, channels, height, width, out_channels, kernel_size, padding;
  bool relu;
  bool needs_input_gradient;

  std::string ToString() const {
    return absl::StrCat(batch, "×", channels, "×", height, "×", width, " to ",
                        out_channels, " channels, kernel ", kernel_size,
                        ", padding ", padding, relu ? ", ReLU" : "",
                        needs_input_gradient ? "" : ", no input gradient");
  }
};

// Around the sizes at which the kernels change their ways: 8 and multiples of
// 16 channels, 16, 32 and 64 output channels, 96 elements under a row of the
// kernel, 12 weights; odd sizes, whose last row no window covers.
std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const int64_t channels : {1, 2, 3, 7, 8, 9, 16, 17, 32, 33}) {
    for (const int64_t out_channels : {1, 16, 17, 33, 64, 100}) {
      cases.push_back({3, channels, 6, 6, out_channels, 3, 0, true, true});
    }
    for (const int64_t kernel_size : {1, 2, 3, 5}) {
      for (const int64_t padding : {0, 1, 2}) {
        cases.push_back(
            {2, channels, 7, 6, 5, kernel_size, padding, true, true});
        cases.push_back(
            {1, channels, 6, 9, 20, kernel_size, padding, false, false});
      }
    }
  }
  cases.push_back({100, 1, 14, 14, 32, 3, 0, true, false});
  cases.push_back({100, 32, 6, 6, 64, 3, 0, true, true});
  cases.push_back({0, 2, 6, 6, 4, 3, 0, true, true});
  return cases;
}

// Small whole numbers: all products and sums are exact, so that results must
// agree to the bit with those of another order and precision. They are often
// equal, too, so that it shows which of equal ones wins.
Tensor<float> SmallIntegers(const Shape& shape, Generator& generator) {
  Tensor<float> tensor(shape);
  for (float& x : tensor.values()) {
    x = static_cast<float>(generator.Random32() % 7) - 3;
  }
  return tensor;
}

Tensor<double> ToDouble(const Tensor<float>& tensor) {
  Tensor<double> result(tensor.shape());
  for (int64_t i = 0; i < tensor.size(); ++i) {
    result.data()[i] = tensor.data()[i];
  }
  return result;
}

struct Layer {
  Tensor<float> weight;
  Tensor<float> bias;
};

struct Results {
  Tensor<float> output;
  Tensor<float> weight_gradient;
  Tensor<float> bias_gradient;
  Tensor<float> input_gradient;  // Empty if it is not needed.
};

// Gradients start from 1, since they are added to.
constexpr float kGradientBefore = 1;

Results RunFused(const Case& c, const Tensor<float>& input, const Layer& layer,
                 const Tensor<float>& output_gradient) {
  ConvPool2d operation;
  const ImagesView images =
      operation.Arrange(input, c.padding, c.needs_input_gradient);
  ChannelsLast output;
  // A border, as a stage with padding behind this one would want it.
  constexpr int64_t kOutputBorder = 1;
  operation.Forward(images, layer.weight, layer.bias, c.relu, kOutputBorder,
                    output);
  Results results;
  FromChannelsLast(output, results.output);
  ChannelsLast gradient;
  ToChannelsLast(output_gradient, output.stride(), kOutputBorder, gradient);
  results.weight_gradient = Tensor<float>(layer.weight.shape());
  results.weight_gradient.Fill(kGradientBefore);
  results.bias_gradient = Tensor<float>(layer.bias.shape());
  results.bias_gradient.Fill(kGradientBefore);
  ChannelsLast input_gradient;
  operation.Backward(images, layer.weight, gradient, results.weight_gradient,
                     results.bias_gradient,
                     c.needs_input_gradient ? &input_gradient : nullptr);
  if (c.needs_input_gradient) {
    FromChannelsLast(input_gradient, results.input_gradient);
  }
  return results;
}

struct Expected {
  Tensor<double> output;
  Tensor<double> weight_gradient;
  Tensor<double> bias_gradient;
  Tensor<double> input_gradient;
};

// The same by the operations one after the other, in double precision.
Expected RunUnfused(const Case& c, const Tensor<float>& input,
                    const Layer& layer, const Tensor<float>& output_gradient) {
  const Tensor<double> x = ToDouble(input);
  const Tensor<double> weight = ToDouble(layer.weight);
  Conv2dOptions options;
  options.padding = c.padding;
  Tensor<double> workspace;
  Tensor<double> convolved;
  Conv2dForward(x, weight, ToDouble(layer.bias), options, convolved, workspace);
  Tensor<double> pooled;
  Tensor<int64_t> argmax;
  MaxPool2dForward(convolved, 2, 2, pooled, argmax);
  Expected expected;
  Tensor<double> pooled_gradient = ToDouble(output_gradient);
  if (c.relu) {
    ReluForward(pooled, expected.output);
    Tensor<double> gradient;
    ReluBackward(expected.output, pooled_gradient, gradient);
    pooled_gradient = std::move(gradient);
  } else {
    expected.output = std::move(pooled);
  }
  Tensor<double> convolved_gradient;
  MaxPool2dBackward(pooled_gradient, argmax, convolved.shape(),
                    convolved_gradient);
  expected.weight_gradient = Tensor<double>(weight.shape());
  expected.weight_gradient.Fill(kGradientBefore);
  expected.bias_gradient = Tensor<double>(layer.bias.shape());
  expected.bias_gradient.Fill(kGradientBefore);
  Conv2dBackward(x, weight, convolved_gradient, options,
                 expected.weight_gradient, expected.bias_gradient,
                 &expected.input_gradient, workspace);
  return expected;
}

// Whether the numbers are the same, with the first that is not.
void ExpectEqual(const Tensor<float>& actual, const Tensor<double>& expected,
                 const std::string& what) {
  ASSERT_EQ(actual.shape(), expected.shape()) << what;
  for (int64_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(double{actual.data()[i]}, expected.data()[i])
        << what << " at " << i;
  }
}

Shape OutputShape(const Case& c) {
  const auto pooled = [&c](int64_t size) {
    return (size + 2 * c.padding - c.kernel_size + 1) / 2;
  };
  return {c.batch, c.out_channels, pooled(c.height), pooled(c.width)};
}

Layer MakeLayer(const Case& c, Generator& generator) {
  return {
      SmallIntegers({c.out_channels, c.channels, c.kernel_size, c.kernel_size},
                    generator),
      SmallIntegers({c.out_channels}, generator)};
}

TEST(ConvPool2dTest, IsConvolutionPoolingAndReluForAllTargets) {
  ForEachTarget([] {
    for (const Case& c : Cases()) {
      SCOPED_TRACE(c.ToString());
      Generator generator(1);
      const Tensor<float> input =
          SmallIntegers({c.batch, c.channels, c.height, c.width}, generator);
      const Layer layer = MakeLayer(c, generator);
      const Tensor<float> gradient = SmallIntegers(OutputShape(c), generator);
      const Results actual = RunFused(c, input, layer, gradient);
      const Expected expected = RunUnfused(c, input, layer, gradient);
      ExpectEqual(actual.output, expected.output, "output");
      ExpectEqual(actual.weight_gradient, expected.weight_gradient,
                  "weight gradient");
      ExpectEqual(actual.bias_gradient, expected.bias_gradient,
                  "bias gradient");
      if (c.needs_input_gradient) {
        ExpectEqual(actual.input_gradient, expected.input_gradient,
                    "input gradient");
      }
      if (testing::Test::HasFatalFailure()) return;
    }
  });
}

TEST(ConvPool2dTest, NotANumberWinsAndPassesOn) {
  ForEachTarget([] {
    for (int64_t place = 0; place < 4; ++place) {
      const Case c = {1, 1, 2, 2, 1, 1, 0, true, true};
      Tensor<float> input({1, 1, 2, 2}, {3, 3, 3, 3});
      input.data()[place] = std::numeric_limits<float>::quiet_NaN();
      const Layer layer = {Tensor<float>({1, 1, 1, 1}, {1.0f}),
                           Tensor<float>({1}, {0.0f})};
      const Tensor<float> gradient({1, 1, 1, 1}, {5.0f});
      const Results results = RunFused(c, input, layer, gradient);
      EXPECT_TRUE(std::isnan(results.output.data()[0]));
      // The gradient goes to the NaN's place.
      for (int64_t i = 0; i < 4; ++i) {
        EXPECT_EQ(results.input_gradient.data()[i], i == place ? 5 : 0);
      }
    }
  });
}

TEST(ConvPool2dTest, BatchesFollowOneAnother) {
  ConvPool2d operation;
  ChannelsLast output;
  ChannelsLast channels_last_gradient;
  ChannelsLast input_gradient;
  for (const int64_t batch : {5, 5, 2, 7}) {
    const Case c = {batch, 3, 6, 6, 5, 3, 1, true, true};
    Generator generator(2);
    const Tensor<float> input = SmallIntegers({batch, 3, 6, 6}, generator);
    const Layer layer = MakeLayer(c, generator);
    const Tensor<float> gradient = SmallIntegers(OutputShape(c), generator);
    const Expected expected = RunUnfused(c, input, layer, gradient);

    const ImagesView images = operation.Arrange(input, 1, true);
    operation.Forward(images, layer.weight, layer.bias, true, 0, output);
    ToChannelsLast(gradient, output.stride(), 0, channels_last_gradient);
    Tensor<float> weight_gradient(layer.weight.shape());
    weight_gradient.Fill(kGradientBefore);
    Tensor<float> bias_gradient(layer.bias.shape());
    operation.Backward(images, layer.weight, channels_last_gradient,
                       weight_gradient, bias_gradient, &input_gradient);

    Tensor<float> actual;
    FromChannelsLast(output, actual);
    ExpectEqual(actual, expected.output, "output");
    FromChannelsLast(input_gradient, actual);
    ExpectEqual(actual, expected.input_gradient, "input gradient");
    ExpectEqual(weight_gradient, expected.weight_gradient, "weight gradient");
  }
}

TEST(ConvPool2dTest, SameBitsWithAvx2AndAvx512) {
  if (!kernels::HasAvx2AndAvx512()) {
    GTEST_SKIP() << "this processor has not both";
  }
  // Two channels without an input gradient go another way with AVX-512.
  for (const Case& c : {Case{10, 2, 14, 14, 40, 3, 1, true, false},
                        Case{10, 2, 14, 14, 40, 3, 0, true, true},
                        Case{10, 3, 14, 14, 40, 5, 0, false, false},
                        Case{10, 32, 14, 14, 40, 3, 0, true, true}}) {
    SCOPED_TRACE(c.ToString());
    Generator generator(3);
    Tensor<float> input({c.batch, c.channels, c.height, c.width});
    FillUniform(-1, 1, generator, input);
    Layer layer = MakeLayer(c, generator);
    FillUniform(-1, 1, generator, layer.weight);
    Tensor<float> gradient(OutputShape(c));
    FillUniform(-1, 1, generator, gradient);
    std::vector<Results> results;
    for (const int64_t target : {HWY_AVX2, HWY_AVX3}) {
      ChooseTargets(target);
      results.push_back(RunFused(c, input, layer, gradient));
    }
    ChooseTargets(0);
    EXPECT_EQ(results[0].output.values(), results[1].output.values());
    EXPECT_EQ(results[0].weight_gradient.values(),
              results[1].weight_gradient.values());
    EXPECT_EQ(results[0].bias_gradient.values(),
              results[1].bias_gradient.values());
    EXPECT_EQ(results[0].input_gradient.values(),
              results[1].input_gradient.values());
  }
}

TEST(ConvPool2dDeathTest, Misuse) {
  ConvPool2d operation;
  const Tensor<float> pair({1, 2, 3, 3});
  const ImagesView images = operation.Arrange(pair, 0, false);
  ChannelsLast output;
  EXPECT_DEATH(operation.Forward(images, Tensor<float>({4, 3, 2, 2}),
                                 Tensor<float>({4}), true, 0, output),
               "\\[4, 3, 2, 2\\] for images of 2 channels");
  EXPECT_DEATH(operation.Forward(images, Tensor<float>({4, 2, 2, 2}),
                                 Tensor<float>({3}), true, 0, output),
               "bias \\[3\\] does not fit weight \\[4, 2, 2, 2\\]");
  EXPECT_DEATH(operation.Forward(images, Tensor<float>({4, 2, 3, 3}),
                                 Tensor<float>({4}), true, 0, output),
               "3×3 are too small for weight \\[4, 2, 3, 3\\] and pooling");
}

}  // namespace
}  // namespace minidl
