#include "nn/build_layers.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/conv2d.h"
#include "nn/dropout.h"
#include "nn/initialization.h"
#include "nn/linear.h"
#include "nn/parameter.h"
#include "nn/sequential.h"
#include "proto/architecture.pb.h"
#include "tensor/conv2d.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class BuildLayersTest : public testing::Test {
 protected:
  // Builds the fields "branch" of an Architecture in text format.
  absl::StatusOr<std::unique_ptr<Sequential>> Build(const std::string& text,
                                                    const Shape& input) {
    proto::Architecture architecture;
    EXPECT_THAT(ParseTextProto(text, "test", &architecture), IsOk());
    return BuildLayers<float>(architecture.branch(), "branch", input,
                              {initialization_, dropout_});
  }

  Generator initialization_{1};
  Generator dropout_{2};
};

TEST_F(BuildLayersTest, EveryKindOfLayer) {
  const auto network =
      Build(R"pb(
              branch { conv2d { out_channels: 3 kernel_size: 3 } }
              branch { max_pool2d { kernel_size: 2 } }
              branch { relu {} }
              branch {
                conv2d { out_channels: 4 kernel_size: 2 stride: 2 padding: 1 }
              }
              branch { max_pool2d { kernel_size: 2 stride: 1 } }
              branch { flatten {} }
              branch { dropout { probability: 0.25 } }
              branch { linear { out_features: 5 } }
              branch { tanh {} }
              branch { gelu {} }
              branch { leaky_relu {} }
              branch { leaky_relu { negative_slope: 0.2 } }
              branch { sigmoid {} }
              branch { residual { layers { relu {} } } }
              branch {
                sequential {
                  layers { tanh {} }
                  layers { relu {} }
                }
              }
            )pb",
            {2, 14, 14});
  ASSERT_THAT(network, IsOk());
  EXPECT_EQ((*network)->Description(),
            "Sequential(Conv2d(2, 3, kernel_size=3), MaxPool2d(2), ReLU(), "
            "Conv2d(3, 4, kernel_size=2, stride=2, padding=1), "
            "MaxPool2d(2, stride=1), Flatten(), Dropout(0.25), "
            "Linear(36, 5), Tanh(), GELU(), LeakyReLU(0.01), LeakyReLU(0.2), "
            "Sigmoid(), Residual(Sequential(ReLU())), "
            "Sequential(Tanh(), ReLU()))");
  EXPECT_EQ((*network)->OutputShape({2, 14, 14}).value(), (Shape{5}));
  const Tensor<float> input({3, 2, 14, 14});
  EXPECT_EQ((*network)->Forward(input).shape(), (Shape{3, 5}));
}

TEST_F(BuildLayersTest, OptionsOfConvolutionsAndPools) {
  const auto network =
      Build(R"pb(
              branch {
                conv2d { out_channels: 3 kernel_size: 3 padding: 2 dilation: 2 }
              }
              branch { avg_pool2d { kernel_size: 3 } }
              branch { avg_pool2d { kernel_size: 2 stride: 1 padding: 1 } }
            )pb",
            {1, 14, 13});
  ASSERT_THAT(network, IsOk());
  EXPECT_EQ((*network)->Description(),
            "Sequential(Conv2d(1, 3, kernel_size=3, padding=2, dilation=2), "
            "AvgPool2d(3), AvgPool2d(2, stride=1, padding=1))");
  EXPECT_EQ((*network)->OutputShape({1, 14, 13}).value(), (Shape{3, 5, 5}));
}

// A block of a residual network: shapes follow into both parts, and names and
// initial weights are those of PyTorch's modules of this structure.
TEST_F(BuildLayersTest, LayersWithinLayers) {
  const auto network = Build(
      R"pb(
        branch {
          residual {
            layers {
              conv2d { out_channels: 4 kernel_size: 3 stride: 2 padding: 1 }
            }
            layers { relu {} }
            layers { conv2d { out_channels: 4 kernel_size: 3 padding: 1 } }
            shortcut { conv2d { out_channels: 4 kernel_size: 1 stride: 2 } }
          }
        }
        branch {
          sequential {
            layers { flatten {} }
            layers { linear { out_features: 2 } }
          }
        }
      )pb",
      {2, 5, 5});
  ASSERT_THAT(network, IsOk());
  EXPECT_EQ((*network)->OutputShape({2, 5, 5}).value(), (Shape{2}));
  const std::vector<NamedParameter> parameters = (*network)->Parameters();
  std::vector<std::string> names;
  for (const NamedParameter& named : parameters) names.push_back(named.name);
  EXPECT_THAT(names, ElementsAre("0.layers.0.weight", "0.layers.0.bias",
                                 "0.layers.2.weight", "0.layers.2.bias",
                                 "0.shortcut.0.weight", "0.shortcut.0.bias",
                                 "1.1.weight", "1.1.bias"));
  Generator generator(1);
  const Conv2d first(2, 4, 3, generator);
  const Conv2d second(4, 4, 3, generator);
  Conv2d shortcut(2, 4, 1, generator);
  Linear linear(36, 2, generator);
  EXPECT_EQ(parameters[4].parameter->value.values(),
            shortcut.weight().value.values());
  EXPECT_EQ(parameters[6].parameter->value.values(),
            linear.Parameters()[0].parameter->value.values());
}

TEST_F(BuildLayersTest, TheDefaultInitializationReachesInnerLayers) {
  proto::Architecture architecture;
  ASSERT_THAT(
      ParseTextProto(
          "branch { residual { layers { linear { out_features: 3 } } } }",
          "test", &architecture),
      IsOk());
  const auto network =
      BuildLayers<float>(architecture.branch(), "branch", {3},
                         {initialization_, dropout_}, proto::XAVIER_UNIFORM);
  ASSERT_THAT(network, IsOk());
  EXPECT_THAT((*network)->Parameters()[1].parameter->value.values(), Each(0));
}

TEST_F(BuildLayersTest, LayersAreNestedToALimit) {
  const auto nested = [](int depth) {
    std::string text = "relu {}";
    for (int i = 0; i < depth; ++i) {
      text = "sequential { layers { " + text + " } }";
    }
    return "branch { " + text + " }";
  };
  EXPECT_THAT(Build(nested(20), {3}), IsOk());
  EXPECT_THAT(Build(nested(21), {3}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("branch[0].sequential.layers[0]."),
                             HasSubstr("sequential.layers is more than 20 "
                                       "layers within layers deep"))));
}

TEST_F(BuildLayersTest, WeightsMayBeLimited) {
  proto::Architecture architecture;
  ASSERT_THAT(
      ParseTextProto(R"pb(
                       branch { conv2d { out_channels: 2 kernel_size: 3 } }
                       branch { batch_norm2d {} }
                       branch { flatten {} }
                       branch { layer_norm {} }
                       branch { linear { out_features: 5 } }
                     )pb",
                     "test", &architecture),
      IsOk());
  const auto build = [&](int64_t& weight_elements) {
    return BuildLayers<float>(architecture.branch(), "branch", {1, 4, 4},
                              {initialization_, dropout_, &weight_elements})
        .status();
  };
  // 2 1 3 3 + 2 + 8 + 5 8.
  int64_t enough = 68;
  EXPECT_THAT(build(enough), IsOk());
  EXPECT_EQ(enough, 0);
  int64_t too_few = 67;
  EXPECT_THAT(
      build(too_few),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "branch[4].linear: the weight has shape [5, 8]; expected at "
               "most 39 elements, which other weights leave"));
  int64_t none = 0;
  EXPECT_THAT(build(none),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("branch[0].conv2d: the weight has shape")));
}

TEST_F(BuildLayersTest, NoLayersAreTheIdentity) {
  const auto network = Build("", {7});
  ASSERT_THAT(network, IsOk());
  EXPECT_EQ((*network)->OutputShape({7}).value(), (Shape{7}));
}

TEST_F(BuildLayersTest, WeightsAreDrawnInTheOrderOfTheLayers) {
  const auto network = Build(
      "branch { linear { out_features: 3 } } "
      "branch { linear { out_features: 2 } }",
      {4});
  ASSERT_THAT(network, IsOk());
  Generator generator(1);
  Sequential expected;
  expected.Emplace<Linear>(4, 3, generator);
  expected.Emplace<Linear>(3, 2, generator);
  const std::vector<NamedParameter> actual = (*network)->Parameters();
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(actual[i].parameter->value.values(),
              expected.Parameters()[i].parameter->value.values());
  }
}

TEST_F(BuildLayersTest, InitializationsOfLayersAndTheirDefault) {
  proto::Architecture architecture;
  ASSERT_THAT(
      ParseTextProto(
          R"pb(branch { conv2d { out_channels: 3 kernel_size: 2 } }
               branch { flatten {} }
               branch {
                 linear { out_features: 2 initialization: XAVIER_UNIFORM }
               }
               branch {
                 linear { out_features: 4 initialization: PYTORCH_DEFAULT }
               })pb",
          "test", &architecture),
      IsOk());
  const auto network =
      BuildLayers<float>(architecture.branch(), "branch", {1, 3, 3},
                         {initialization_, dropout_}, proto::KAIMING_NORMAL);
  ASSERT_THAT(network, IsOk());
  Generator generator(1);
  Sequential expected;
  expected.Emplace<Conv2d>(1, 3, 2, Conv2dOptions(), generator,
                           Initialization::kKaimingNormal);
  expected.Emplace<Linear>(12, 2, generator, Initialization::kXavierUniform);
  expected.Emplace<Linear>(2, 4, generator, Initialization::kPyTorchDefault);
  const std::vector<NamedParameter> actual = (*network)->Parameters();
  ASSERT_EQ(actual.size(), 6u);
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(actual[i].parameter->value.values(),
              expected.Parameters()[i].parameter->value.values())
        << actual[i].name;
  }
}

TEST_F(BuildLayersTest, EveryInitialization) {
  const std::vector<std::pair<proto::Initialization, Initialization>> all = {
      {proto::INITIALIZATION_UNSPECIFIED, Initialization::kPyTorchDefault},
      {proto::PYTORCH_DEFAULT, Initialization::kPyTorchDefault},
      {proto::XAVIER_UNIFORM, Initialization::kXavierUniform},
      {proto::XAVIER_NORMAL, Initialization::kXavierNormal},
      {proto::KAIMING_UNIFORM, Initialization::kKaimingUniform},
      {proto::KAIMING_NORMAL, Initialization::kKaimingNormal},
  };
  ASSERT_EQ(static_cast<size_t>(proto::Initialization_ARRAYSIZE), all.size());
  for (const auto& [message, initialization] : all) {
    proto::Architecture architecture;
    architecture.add_branch()->mutable_linear()->set_out_features(5);
    Generator generator(3);
    const auto network = BuildLayers<float>(
        architecture.branch(), "branch", {4}, {generator, generator}, message);
    ASSERT_THAT(network, IsOk());
    Generator same(3);
    Linear expected(4, 5, same, initialization);
    EXPECT_EQ((*network)->Parameters()[0].parameter->value.values(),
              expected.Parameters()[0].parameter->value.values())
        << proto::Initialization_Name(message);
  }
}

// As a binary message may hold, for example of a later version.
TEST_F(BuildLayersTest, UnknownInitialization) {
  proto::Architecture architecture;
  proto::Linear& linear = *architecture.add_branch()->mutable_linear();
  linear.set_out_features(5);
  linear.set_initialization(static_cast<proto::Initialization>(17));
  EXPECT_THAT(BuildLayers<float>(architecture.branch(), "branch", {4},
                                 {initialization_, dropout_}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "branch[0].linear.initialization is 17; expected a "
                       "known Initialization"));
  // The architecture's.
  linear.clear_initialization();
  EXPECT_THAT(BuildLayers<float>(architecture.branch(), "branch", {4},
                                 {initialization_, dropout_},
                                 static_cast<proto::Initialization>(18)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "initialization is 18; expected a known "
                       "Initialization"));
}

TEST_F(BuildLayersTest, DropoutHasAGeneratorOfItsOwn) {
  const auto network = Build("branch { dropout { probability: 0.5 } }", {100});
  ASSERT_THAT(network, IsOk());
  Tensor<float> input({1, 100});
  input.Fill(1);
  Generator same(2);
  Dropout expected(0.5, same);
  EXPECT_EQ((*network)->Forward(input).values(),
            expected.Forward(input).values());
}

struct BadLayer {
  std::string text;
  Shape input;
  std::string message;
};

TEST_F(BuildLayersTest, WhatIsWrongIsNamed) {
  const std::vector<BadLayer> bad_layers = {
      {"branch {}",
       {3},
       "branch[0] is empty; expected a layer, such as linear { out_features: "
       "10 }"},
      {"branch { linear {} }",
       {3},
       "branch[0].linear.out_features is 0; expected at least 1"},
      {"branch { relu {} } branch { linear { out_features: -5 } }",
       {3},
       "branch[1].linear.out_features is -5; expected at least 1"},
      {"branch { linear { out_features: 65537 } }",
       {3},
       "branch[0].linear.out_features is 65537; expected at most 65536"},
      {"branch { linear { out_features: 2 } }",
       {2, 5, 5},
       "branch[0].linear needs inputs of shape [F], not [2, 5, 5]; put flatten "
       "{} before it"},
      {"branch { linear { out_features: 65536 } } "
       "branch { linear { out_features: 65536 } }",
       {1},
       "branch[1].linear: the weight has shape [65536, 65536]; expected at "
       "most 67108864 elements"},
      {"branch { conv2d { kernel_size: 3 } }",
       {1, 5, 5},
       "branch[0].conv2d.out_channels is 0; expected at least 1"},
      {"branch { conv2d { out_channels: 3 } }",
       {1, 5, 5},
       "branch[0].conv2d.kernel_size is 0; expected at least 1"},
      {"branch { conv2d { out_channels: 3 kernel_size: 3 stride: -1 } }",
       {1, 5, 5},
       "branch[0].conv2d.stride is -1; expected at least 0"},
      {"branch { conv2d { out_channels: 3 kernel_size: 3 padding: -1 } }",
       {1, 5, 5},
       "branch[0].conv2d.padding is -1; expected at least 0"},
      {"branch { conv2d { out_channels: 3 kernel_size: 3 } }",
       {25},
       "branch[0].conv2d needs inputs of shape [C, H, W], not [25]"},
      {"branch { conv2d { out_channels: 3 kernel_size: 6 } }",
       {1, 5, 5},
       "branch[0]: Conv2d(1, 3, kernel_size=6) needs inputs of shape [1, 6, 6] "
       "or larger, not [1, 5, 5]"},
      {"branch { conv2d { out_channels: 3 kernel_size: 3 dilation: -1 } }",
       {1, 5, 5},
       "branch[0].conv2d.dilation is -1; expected at least 0"},
      {"branch { conv2d { out_channels: 3 kernel_size: 3 dilation: 3 } }",
       {1, 5, 5},
       "branch[0]: Conv2d(1, 3, kernel_size=3, dilation=3) needs inputs of "
       "shape [1, 7, 7] or larger, not [1, 5, 5]"},
      // Sizes whose product overflows 64 bits.
      {"branch { conv2d { out_channels: 65536 kernel_size: 65536 } }",
       {65536, 5, 5},
       "branch[0].conv2d: the weight has shape [65536, 65536, 65536, 65536]; "
       "expected at most 67108864 elements"},
      {"branch { conv2d { out_channels: 1 kernel_size: 1 padding: 65536 } }",
       {1, 5, 5},
       "branch[0]: the output has shape [1, 131077, 131077]; expected at most "
       "67108864 elements"},
      // A weight and an output of many elements each.
      {"branch { conv2d { out_channels: 1 kernel_size: 4096 padding: 4096 } }",
       {1, 5, 5},
       "branch[0].conv2d: what the kernel sees has shape [16777216, 4102, "
       "4102]; expected at most 67108864 elements"},
      {"branch { max_pool2d {} }",
       {1, 5, 5},
       "branch[0].max_pool2d.kernel_size is 0; expected at least 1"},
      {"branch { max_pool2d { kernel_size: 2 stride: -2 } }",
       {1, 5, 5},
       "branch[0].max_pool2d.stride is -2; expected at least 0"},
      {"branch { max_pool2d { kernel_size: 2 } }",
       {25},
       "branch[0]: MaxPool2d(2) needs inputs of shape [C, H, W], not [25]"},
      {"branch { max_pool2d { kernel_size: 6 } }",
       {1, 5, 5},
       "branch[0]: MaxPool2d(6) needs inputs of shape [1, 6, 6] or larger, not "
       "[1, 5, 5]"},
      {"branch { avg_pool2d {} }",
       {1, 5, 5},
       "branch[0].avg_pool2d.kernel_size is 0; expected at least 1"},
      {"branch { avg_pool2d { kernel_size: 2 stride: -2 } }",
       {1, 5, 5},
       "branch[0].avg_pool2d.stride is -2; expected at least 0"},
      {"branch { avg_pool2d { kernel_size: 2 padding: -1 } }",
       {1, 5, 5},
       "branch[0].avg_pool2d.padding is -1; expected at least 0"},
      {"branch { avg_pool2d { kernel_size: 3 padding: 2 } }",
       {1, 5, 5},
       "branch[0].avg_pool2d.padding is 2; expected at most 1, half of "
       "kernel_size"},
      {"branch { avg_pool2d { kernel_size: 6 } }",
       {1, 5, 5},
       "branch[0]: AvgPool2d(6) needs inputs of shape [1, 6, 6] or larger, not "
       "[1, 5, 5]"},
      {"branch { leaky_relu { negative_slope: inf } }",
       {3},
       "branch[0].leaky_relu.negative_slope is inf; expected a finite number"},
      {"branch { leaky_relu { negative_slope: nan } }",
       {3},
       "branch[0].leaky_relu.negative_slope is nan; expected a finite number"},
      {"branch { residual {} }",
       {3},
       "branch[0].residual.layers is empty; expected at least one layer"},
      {"branch { residual { layers { linear { out_features: 2 } } } }",
       {3},
       "branch[0]: Residual: the layers give shape [2], the input has [3]; "
       "expected the same, or a shortcut"},
      {"branch { residual { layers { linear { out_features: 2 } } "
       "shortcut { linear { out_features: 4 } } } }",
       {3},
       "branch[0]: Residual: the layers give shape [2], the shortcut [4]; "
       "expected the same"},
      {"branch { residual { layers { relu {} } layers { linear {} } } }",
       {3},
       "branch[0].residual.layers[1].linear.out_features is 0; expected at "
       "least 1"},
      {"branch { residual { layers { relu {} } shortcut {} } }",
       {3},
       "branch[0].residual.shortcut[0] is empty; expected a layer, such as "
       "linear { out_features: 10 }"},
      {"branch { sequential { layers { relu {} } "
       "layers { max_pool2d { kernel_size: 2 } } } }",
       {3},
       "branch[0].sequential.layers[1]: MaxPool2d(2) needs inputs of shape [C, "
       "H, W], not [3]"},
      {"branch { dropout { probability: 1 } }",
       {3},
       "branch[0].dropout.probability is 1; expected at least 0 and less than "
       "1"},
      {"branch { dropout { probability: -0.5 } }",
       {3},
       "branch[0].dropout.probability is -0.5; expected at least 0 and less "
       "than 1"},
      {"branch { dropout { probability: nan } }",
       {3},
       "branch[0].dropout.probability is nan; expected at least 0 and less "
       "than 1"},
  };
  for (const BadLayer& bad : bad_layers) {
    EXPECT_THAT(Build(bad.text, bad.input),
                StatusIs(absl::StatusCode::kInvalidArgument, bad.message))
        << bad.text;
  }
}

TEST_F(BuildLayersTest, Normalizations) {
  const auto network = Build(
      R"pb(
        branch { batch_norm2d {} }
        branch { layer_norm {} }
        branch {
          layer_norm {
            normalized_shape: [ 4, 5 ]
            epsilon: 0.5
          }
        }
        branch { batch_norm2d { epsilon: 0.25 momentum: 1 } }
        branch { flatten {} }
        branch { batch_norm1d { momentum: 0.5 } }
      )pb",
      {3, 4, 5});
  ASSERT_THAT(network, IsOk());
  EXPECT_EQ((*network)->Description(),
            "Sequential(BatchNorm2d(3), LayerNorm([3, 4, 5]), "
            "LayerNorm([4, 5], epsilon=0.5), "
            "BatchNorm2d(3, epsilon=0.25, momentum=1), Flatten(), "
            "BatchNorm1d(60, momentum=0.5))");
  EXPECT_THAT(Build("branch { batch_norm1d {} }", {3, 5}), IsOk());
}

TEST_F(BuildLayersTest, WhatIsWrongWithANormalizationIsNamed) {
  const std::vector<BadLayer> bad_layers = {
      {"branch { batch_norm2d { epsilon: -1 } }",
       {3, 4, 5},
       "branch[0].batch_norm2d.epsilon is -1; expected a positive number, or 0 "
       "for 1e-05"},
      {"branch { batch_norm1d { momentum: 1.5 } }",
       {3},
       "branch[0].batch_norm1d.momentum is 1.5; expected more than 0 and at "
       "most 1, or 0 for 0.1"},
      {"branch { batch_norm1d { momentum: nan } }",
       {3},
       "branch[0].batch_norm1d.momentum is nan; expected more than 0 and at "
       "most 1, or 0 for 0.1"},
      {"branch { batch_norm2d {} }",
       {60},
       "branch[0].batch_norm2d needs inputs of shape [C, H, W], not [60]; "
       "batch_norm1d takes those"},
      {"branch { batch_norm1d {} }",
       {3, 4, 5},
       "branch[0].batch_norm1d needs inputs of shape [F] or [C, L], not "
       "[3, 4, 5]; batch_norm2d takes those"},
      {"branch { layer_norm { epsilon: inf } }",
       {3},
       "branch[0].layer_norm.epsilon is inf; expected a positive number, or 0 "
       "for 1e-05"},
      {"branch { layer_norm { normalized_shape: -3 } }",
       {3},
       "branch[0].layer_norm.normalized_shape is -3; expected at least 1"},
      {"branch { layer_norm { normalized_shape: [ 3, 4 ] } }",
       {3, 4, 5},
       "branch[0]: LayerNorm([3, 4]) needs inputs of shape [..., 3, 4], not "
       "[3, 4, 5]"},
      {"branch { layer_norm { normalized_shape: [ 3, 4 ] } }",
       {4},
       "branch[0].layer_norm needs inputs of shape [..., 3, 4], not [4]"},
  };
  for (const BadLayer& bad : bad_layers) {
    EXPECT_THAT(Build(bad.text, bad.input),
                StatusIs(absl::StatusCode::kInvalidArgument, bad.message))
        << bad.text;
  }
}

TEST_F(BuildLayersTest, ShapesFollowFromLayerToLayer) {
  // 14 - 13 + 1 = 2, of which a window of 3 sees nothing.
  EXPECT_THAT(Build(R"pb(branch { conv2d { out_channels: 3 kernel_size: 13 } }
                         branch { max_pool2d { kernel_size: 3 } })pb",
                    {1, 14, 14}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("branch[1]"),
                             HasSubstr("or larger, not [3, 2, 2]"))));
}

}  // namespace
}  // namespace minidl
