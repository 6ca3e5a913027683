#include "nn/batch_norm.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/gradient_check.h"
#include "nn/module.h"
#include "nn/module_testutil.h"
#include "nn/parameter.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::FloatNear;
using ::testing::Pointwise;

// Weights and biases that are not all the same.
template <typename M>
std::unique_ptr<M> WithParameters(std::unique_ptr<M> module) {
  uint64_t seed = 10;
  for (const auto& named : module->Parameters()) {
    auto& value = named.parameter->value;
    value = RandomTensor<double>(value.shape(), seed++);
  }
  return module;
}

// And so running statistics, in evaluation mode.
template <typename M>
std::unique_ptr<M> InEvaluation(std::unique_ptr<M> module) {
  uint64_t seed = 20;
  for (const auto& named : module->Buffers()) {
    *named.tensor = RandomTensor<double>(named.tensor->shape(), seed++);
    // A variance of 0 to 2, or a mean.
    for (double& value : named.tensor->values()) value += 1;
  }
  module->SetTraining(false);
  return module;
}

// Batches of one are among those that the contract is checked with, so that in
// training an example has several values for each channel.
TEST(BatchNormTest, KeepsTheModuleContract) {
  using BatchNorm1dOfDouble = BasicBatchNorm1d<double>;
  using BatchNorm2dOfDouble = BasicBatchNorm2d<double>;
  const auto make1d = [] {
    return WithParameters(std::make_unique<BatchNorm1dOfDouble>(3));
  };
  const auto make2d = [] {
    return WithParameters(std::make_unique<BatchNorm2dOfDouble>(3));
  };
  ExpectKeepsModuleContract(make1d, {3, 4});
  ExpectKeepsModuleContract(make2d, {3, 5, 4});
  ExpectKeepsModuleContract([=] { return InEvaluation(make1d()); }, {3});
  ExpectKeepsModuleContract([=] { return InEvaluation(make1d()); }, {3, 4});
  ExpectKeepsModuleContract([=] { return InEvaluation(make2d()); }, {3, 5, 4});
}

TEST(BatchNormTest, GradientsOfFeaturesInTraining) {
  const auto module =
      WithParameters(std::make_unique<BasicBatchNorm1d<double>>(3));
  auto input = SeparatedTensor<double>({5, 3}, 1);
  Generator generator(2);
  for (const GradientError& error : CheckGradients(*module, input, generator)) {
    EXPECT_LE(error.relative(), 1e-7) << error.name;
    EXPECT_GT(error.max_gradient, 0) << error.name;
  }
}

// What PyTorch 1.13 prints of this:
//
//   x = torch.tensor([1., -2, 4, 0, 3, 5, 0, 1]).reshape(2, 2, 2, 1)
//   m = nn.BatchNorm2d(2)
//   with torch.no_grad():
//     m.weight.copy_(torch.tensor([2., -1]))
//     m.bias.copy_(torch.tensor([.5, 3]))
//   def step(x):
//     x.requires_grad_(); m.zero_grad(); y = m(x)
//     y.backward(torch.tensor([1., 2, -1, 0, 3, -2, 1, 4]).reshape(x.shape))
//     for t in (y, x.grad, m.weight.grad, m.bias.grad, m.running_mean,
//               m.running_var): print(t.flatten().tolist())
//   step(x); step((10 * x + 7).detach()); m.eval(); step(x.detach())
TEST(BatchNormTest, StepsAsInPyTorch) {
  const Tensor<float> x({2, 2, 2, 1}, {1, -2, 4, 0, 3, 5, 0, 1});
  const Tensor<float> later({2, 2, 2, 1}, {17, -13, 47, 7, 37, 57, 7, 17});
  const Tensor<float> gradient({2, 2, 2, 1}, {1, 2, -1, 0, 3, -2, 1, 4});
  BatchNorm2d module(2);
  const auto parameters = module.Parameters();
  parameters[0].parameter->value = Tensor<float>({2}, {2, -1});
  parameters[1].parameter->value = Tensor<float>({2}, {0.5, 3});
  // The six lines that a step prints.
  const auto step = [&](const Tensor<float>& input) {
    for (const NamedParameter& named : parameters) {
      named.parameter->gradient.Fill(0);
    }
    std::vector<std::vector<float>> lines;
    const auto print = [&lines](const Tensor<float>& tensor) {
      lines.emplace_back(tensor.values().begin(), tensor.values().end());
    };
    print(module.Forward(input));
    print(module.Backward(gradient));
    for (const NamedParameter& named : parameters) {
      print(named.parameter->gradient);
    }
    for (const NamedBuffer& named : module.Buffers()) print(*named.tensor);
    return lines;
  };
  // A few units in the last place of each line's largest number.
  const auto are = [](const std::vector<float>& line) {
    const float largest = std::abs(*std::max_element(
        line.begin(), line.end(),
        [](float a, float b) { return std::abs(a) < std::abs(b); }));
    return Pointwise(FloatNear(largest * 4e-7f), line);
  };
  EXPECT_THAT(
      step(x),
      ElementsAre(
          are({-0.08004146814346313f, -2.400207281112671f, 1.3225188255310059f,
               3.762491464614868f, 1.46673583984375f, 3.0135130882263184f,
               3.762491464614868f, 3.152498245239258f}),
          are({-0.23852138221263885f, -0.4192182719707489f, 0.4397653639316559f,
               0.9646390676498413f, 1.9443129301071167f, -1.2865732908248901f,
               0.35464587807655334f, -1.7590502500534058f}),
          are({-4.253637313842773f, -3.0499658584594727f}), are({4, 4}),
          are({0.17499999701976776f, 0.125f}),
          are({1.7916667461395264f, 1.2583333253860474f})));
  EXPECT_THAT(step(later),
              ElementsAre(are({-0.08004190027713776f, -2.400209426879883f,
                               1.322515845298767f, 3.7624928951263428f,
                               1.4667364358901978f, 3.013514757156372f,
                               3.7624928951263428f, 3.152498722076416f}),
                          are({-0.023852191865444183f, -0.041922036558389664f,
                               0.043976329267024994f, 0.09646420925855637f,
                               0.19443149864673615f, -0.128657266497612f,
                               0.035464782267808914f, -0.17590531706809998f}),
                          are({-4.253640651702881f, -3.049971342086792f}),
                          are({4, 4}), are({2.6075000762939453f, 2.0625f}),
                          are({90.77916717529297f, 36.96583557128906f})));
  module.SetTraining(false);
  EXPECT_THAT(
      step(x),
      ElementsAre(
          are({0.16256675124168396f, -0.4671686887741089f, 2.6813299655914307f,
               3.3392295837402344f, 0.5823903679847717f, 1.002213954925537f,
               3.3392295837402344f, 3.1747546195983887f}),
          are({0.20991180837154388f, 0.41982361674308777f, 0.16447491943836212f,
               0, 0.6297354102134705f, -0.41982361674308777f,
               -0.16447491943836212f, -0.6578996777534485f}),
          are({-1.5145137310028076f, -1.3569180965423584f}), are({4, 4}),
          are({2.6075000762939453f, 2.0625f}),
          are({90.77916717529297f, 36.96583557128906f})));
}

// The mean and the mean square of each channel's values.
struct Moments {
  double mean = 0;
  double square = 0;
};
std::vector<Moments> MomentsOf(const Tensor<float>& batch) {
  const auto channels = static_cast<size_t>(batch.shape()[1]);
  const size_t example =
      static_cast<size_t>(batch.shape().WithoutOuter().num_elements());
  const auto size = static_cast<double>(batch.size() / batch.shape()[1]);
  std::vector<Moments> moments(channels);
  for (size_t i = 0; i < batch.values().size(); ++i) {
    Moments& channel = moments[i % example / (example / channels)];
    const double value = batch.values()[i];
    channel.mean += value / size;
    channel.square += value * value / size;
  }
  return moments;
}

// Each value is rounded to one of magnitude up to 2; 2^-23 is a unit in the
// last place there, and 1e-5 what epsilon takes from a variance of 1/3.
TEST(BatchNormTest, OutputsHaveMeanZeroAndVarianceOne) {
  for (const float mean : {0.0f, 1000.0f}) {
    auto features = RandomTensor<float>({50, 3}, 1);
    auto sequences = RandomTensor<float>({7, 3, 5}, 2);
    auto images = RandomTensor<float>({10, 3, 6, 7}, 3);
    BatchNorm1d of_features(3), of_sequences(3);
    BatchNorm2d of_images(3);
    for (const auto& [module, input] :
         {std::pair<Module*, Tensor<float>*>{&of_features, &features},
          {&of_sequences, &sequences},
          {&of_images, &images}}) {
      for (float& value : input->values()) value += mean;
      for (const Moments& channel : MomentsOf(module->Forward(*input))) {
        EXPECT_NEAR(channel.mean, 0, 0x1p-23);
        EXPECT_NEAR(channel.square, 1, 4e-5);
      }
    }
  }
}

// As exactly as the input's own rounding allows, which float's moments would
// not: what remains of 1000 + x in float is x to 2^-15, and is normalised as
// precisely as any x.
TEST(BatchNormTest, LargeMeansCancel) {
  auto input = RandomTensor<float>({20, 2, 3, 3}, 1);
  Tensor<double> remainder(input.shape());
  for (int64_t i = 0; i < input.size(); ++i) {
    input.data()[i] += 1000;
    remainder.data()[i] = double{input.data()[i]} - 1000;
  }
  BatchNorm2d module(2);
  BasicBatchNorm2d<double> reference(2);
  const Tensor<double>& expected = reference.Forward(remainder);
  const Tensor<float>& output = module.Forward(input);
  for (int64_t i = 0; i < input.size(); ++i) {
    EXPECT_NEAR(output.data()[i], expected.data()[i], 4 * 0x1p-23);
  }
  const auto gradient = RandomTensor<float>(input.shape(), 2);
  Tensor<double> same_gradient(input.shape());
  std::copy_n(gradient.data(), gradient.size(), same_gradient.data());
  const Tensor<double>& expected_gradient = reference.Backward(same_gradient);
  const Tensor<float>& input_gradient = module.Backward(gradient);
  for (int64_t i = 0; i < input.size(); ++i) {
    EXPECT_NEAR(input_gradient.data()[i], expected_gradient.data()[i],
                4 * 0x1p-23);
  }
}

TEST(BatchNormTest, ScaleAndShiftOfTheInputDoNotMatter) {
  BatchNormOptions options;
  options.epsilon = 1e-300;
  BasicBatchNorm1d<double> module(4, options);
  const auto input = RandomTensor<double>({9, 4, 3}, 1);
  const Tensor<double> expected = module.Forward(input).Clone();
  Tensor<double> changed = input.Clone();
  for (double& value : changed.values()) value = 3 * value - 5;
  EXPECT_THAT(module.Forward(changed).values(),
              Pointwise(DoubleNear(1e-14), expected.values()));
}

// After k batches of the same values, (1 - momentum)^k of what it began with is
// left.
TEST(BatchNormTest, RunningStatisticsApproachTheBatches) {
  // Mean 5, sum of squared deviations 20, divided by n - 1 = 3.
  const Tensor<double> input({4, 1}, {2, 4, 6, 8});
  for (const double momentum : {0.1, 0.25, 1.0}) {
    BatchNormOptions options;
    options.momentum = momentum;
    BasicBatchNorm1d<double> module(1, options);
    const auto buffers = module.Buffers();
    for (int batches = 1; batches <= 5; ++batches) {
      module.Forward(input);
      const double left = std::pow(1 - momentum, batches);
      EXPECT_NEAR((*buffers[0].tensor)(0), 5 * (1 - left), 1e-14);
      EXPECT_NEAR((*buffers[1].tensor)(0), left + 20.0 / 3 * (1 - left), 1e-14);
    }
  }
}

TEST(BatchNormTest, EvaluationUsesAndKeepsRunningStatistics) {
  BatchNorm1d module(2);
  module.SetTraining(false);
  // Mean 0 and variance 1: all but the identity. An example alone will do.
  const Tensor<float> input({1, 2}, {3, -4});
  const float scale = 1 / std::sqrt(1.00001f);
  EXPECT_THAT(module.Forward(input).values(),
              ElementsAre(FloatEq(3 * scale), FloatEq(-4 * scale)));
  EXPECT_THAT(module.Buffers()[0].tensor->values(), Each(0));
  EXPECT_THAT(module.Buffers()[1].tensor->values(), Each(1));
}

TEST(BatchNormTest, BackwardBelongsToTheLatestForward) {
  BatchNorm1d module(2);
  const auto input = RandomTensor<float>({5, 2}, 1);
  const auto gradient = RandomTensor<float>({5, 2}, 2);
  module.Forward(input);
  const Tensor<float> expected = module.Backward(gradient).Clone();
  module.SetTraining(false);
  EXPECT_EQ(module.Backward(gradient).values(), expected.values());
}

TEST(BatchNormTest, StateIsNamedAsInPyTorch) {
  BatchNorm2d module(3);
  const auto parameters = module.Parameters();
  ASSERT_EQ(parameters.size(), 2u);
  EXPECT_EQ(parameters[0].name, "weight");
  EXPECT_EQ(parameters[1].name, "bias");
  EXPECT_THAT(parameters[0].parameter->value.values(), ElementsAre(1, 1, 1));
  EXPECT_THAT(parameters[1].parameter->value.values(), ElementsAre(0, 0, 0));
  const auto buffers = module.Buffers();
  ASSERT_EQ(buffers.size(), 2u);
  EXPECT_EQ(buffers[0].name, "running_mean");
  EXPECT_EQ(buffers[1].name, "running_var");
  EXPECT_THAT(buffers[0].tensor->values(), ElementsAre(0, 0, 0));
  EXPECT_THAT(buffers[1].tensor->values(), ElementsAre(1, 1, 1));
}

TEST(BatchNormTest, DescriptionAndShapes) {
  const BatchNorm1d features(3);
  EXPECT_EQ(features.Description(), "BatchNorm1d(3)");
  EXPECT_EQ(features.OutputShape({3}).value(), (Shape{3}));
  EXPECT_EQ(features.OutputShape({3, 5}).value(), (Shape{3, 5}));
  EXPECT_THAT(features.OutputShape({4}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "BatchNorm1d(3) needs inputs of shape [3] or [3, L], "
                       "not [4]"));
  EXPECT_FALSE(features.OutputShape({3, 5, 5}).ok());

  BatchNormOptions options;
  options.epsilon = 0.5;
  options.momentum = 0.25;
  const BatchNorm2d images(3, options);
  EXPECT_EQ(images.Description(), "BatchNorm2d(3, epsilon=0.5, momentum=0.25)");
  EXPECT_EQ(images.OutputShape({3, 5, 4}).value(), (Shape{3, 5, 4}));
  EXPECT_THAT(images.OutputShape({3, 5}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "BatchNorm2d(3, epsilon=0.5, momentum=0.25) needs "
                       "inputs of shape [3, H, W], not [3, 5]"));
  EXPECT_FALSE(images.OutputShape({2, 5, 4}).ok());
}

TEST(BatchNormTest, OneValuePerChannelIsNoTrainingBatch) {
  const BatchNorm1d features(3);
  EXPECT_THAT(features.CheckTrainingBatch("branch[3]", {2, 3}), IsOk());
  EXPECT_THAT(features.CheckTrainingBatch("branch[3]", {1, 3, 2}), IsOk());
  EXPECT_THAT(
      features.CheckTrainingBatch("branch[3]", {1, 3}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "branch[3]: BatchNorm1d(3) trains on more than 1 value per "
               "channel; a batch of shape [1, 3] has 1"));
  const BatchNorm2d images(3);
  EXPECT_THAT(images.CheckTrainingBatch("head[0]", {1, 3, 1, 2}), IsOk());
  EXPECT_FALSE(images.CheckTrainingBatch("head[0]", {1, 3, 1, 1}).ok());
}

TEST(BatchNormDeathTest, Misuse) {
  BatchNorm1d module(3);
  EXPECT_DEATH(module.Backward(Tensor<float>({2, 3})),
               "BatchNorm1d: Backward before Forward");
  EXPECT_DEATH(module.Forward(Tensor<float>({1, 3})),
               "BatchNorm1d: 1 value per channel to train on, input "
               "\\[1, 3\\]");
  EXPECT_DEATH(module.Forward(Tensor<float>({2, 3, 1, 1})),
               "BatchNorm1d: input \\[2, 3, 1, 1\\] where there are 3 "
               "channels");
  const Tensor<float> input({2, 3});
  module.Forward(input);
  EXPECT_DEATH(module.Backward(Tensor<float>({3, 2})),
               "BatchNormBackward: output gradient \\[3, 2\\] for input "
               "\\[2, 3\\]");
  BatchNormOptions options;
  options.epsilon = 0;
  EXPECT_DEATH(BatchNorm1d(3, options), "BatchNorm1d: epsilon 0");
  options = {};
  options.momentum = 1.5;
  EXPECT_DEATH(BatchNorm2d(3, options), "BatchNorm2d: momentum 1.5");
  EXPECT_DEATH(BatchNorm2d(0), "BatchNorm2d: 0 channels");
}

}  // namespace
}  // namespace minidl
