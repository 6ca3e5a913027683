#include "interchange/onnx_export.h"

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/network_state.h"
#include "models/network_testutil.h"
#include "nn/pair_ensemble.h"
#include "onnx/onnx.pb.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"
#include "tensor/generator.h"

// What the graphs compute, //tests/interchange:onnxruntime_test tells, and
// whether they are valid, //tests/interchange:onnx_test.
namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

proto::Model NewModel(const std::string& text) {
  proto::Architecture architecture;
  EXPECT_THAT(ParseTextProto(text, "architecture", &architecture), IsOk());
  Generator generator(/*seed=*/0);
  const auto ensemble =
      PairEnsemble::Create(architecture, kTestImages, {generator, generator});
  EXPECT_THAT(ensemble, IsOk());
  proto::Model model;
  SavePairEnsemble(architecture, kTestImages, **ensemble, &model);
  return model;
}

onnx::GraphProto GraphOf(const proto::Model& model) {
  const absl::StatusOr<onnx::ModelProto> exported = ExportOnnx(model);
  EXPECT_THAT(exported, IsOk());
  return exported->graph();
}

// "name: Type(inputs)", without constants.
std::vector<std::string> Nodes(const onnx::GraphProto& graph) {
  std::map<std::string, bool> constants;
  for (const onnx::TensorProto& constant : graph.initializer()) {
    constants[constant.name()] = true;
  }
  std::vector<std::string> nodes;
  for (const onnx::NodeProto& node : graph.node()) {
    std::string text = node.name() + ": " + node.op_type() + "(";
    std::string separator;
    for (const std::string& input : node.input()) {
      if (constants.count(input) > 0) continue;
      text += separator + input;
      separator = ", ";
    }
    nodes.push_back(text + ")");
  }
  return nodes;
}

TEST(OnnxExportTest, NodesAreNamedAfterLayers) {
  // Dropout and an empty Sequential leave no node.
  const onnx::GraphProto graph = GraphOf(NewModel(R"pb(
    name: "small"
    branches: JOINT
    branch { flatten {} }
    branch { dropout { probability: 0.5 } }
    branch { sequential {} }
    branch {
      residual {
        layers { linear { out_features: 3 } }
        layers { sequential { layers { relu {} } } }
        shortcut { linear { out_features: 3 } }
      }
    }
    head { linear { out_features: 2 } }
  )pb"));
  EXPECT_THAT(
      Nodes(graph),
      ElementsAre(
          "normalized/centered: Sub(pairs)",
          "normalized: Mul(normalized/centered)",
          "branch.0: Flatten(normalized)", "branch.3.layers.0: Gemm(branch.0)",
          "branch.3.layers.1.0: Relu(branch.3.layers.0)",
          "branch.3.shortcut.0: Gemm(branch.0)",
          "branch.3: Add(branch.3.layers.1.0, branch.3.shortcut.0)",
          "head.0: Gemm(branch.3)", "comparison_logits: Identity(head.0)",
          "comparison_probabilities: Softmax(comparison_logits)"));
}

TEST(OnnxExportTest, NetworksShareNothingButTheMask) {
  const onnx::GraphProto graph = GraphOf(NewModel(R"pb(
    name: "small"
    branches: SHARED
    branch { flatten {} }
    branch { linear { out_features: 3 } }
    analytic_head {}
    networks: 2
  )pb"));
  std::map<std::string, int> counts;
  for (const onnx::TensorProto& constant : graph.initializer()) {
    ++counts[constant.name()];
  }
  for (const auto& [name, count] : counts) EXPECT_EQ(count, 1) << name;
  EXPECT_EQ(counts["0.branch.1.weight"], 1);
  EXPECT_EQ(counts["1.branch.1.weight"], 1);
  EXPECT_EQ(counts["order/mask"], 1);
}

TEST(OnnxExportTest, InputsArePixelsUpTo1) {
  proto::Model model = NewModel(R"pb(
    branches: JOINT
    branch { flatten {} }
    branch { linear { out_features: 2 } }
  )pb");
  const auto constants = [&model] {
    std::map<std::string, float> values;
    const onnx::GraphProto graph = GraphOf(model);
    for (const onnx::TensorProto& constant : graph.initializer()) {
      if (constant.float_data_size() == 1) {
        values[constant.name()] = constant.float_data(0);
      }
    }
    return values;
  };
  EXPECT_THAT(constants(), ElementsAre(Pair("normalized/factor", 255.0f),
                                       Pair("normalized/mean", 0.0f)));
  model.mutable_input_normalization()->set_mean(51);
  model.mutable_input_normalization()->set_deviation(102);
  EXPECT_THAT(constants(), ElementsAre(Pair("normalized/factor", 2.5f),
                                       Pair("normalized/mean", 0.2f)));
  // As InputNormalization says: 0, whatever the pixels.
  model.mutable_input_normalization()->set_deviation(0);
  EXPECT_THAT(constants(), ElementsAre(Pair("normalized/factor", 0.0f),
                                       Pair("normalized/mean", 0.2f)));
}

TEST(OnnxExportTest, SameModelSameBytes) {
  const proto::Model model = NewModel(R"pb(
    branches: SEPARATE
    branch { flatten {} }
    branch { linear { out_features: 3 } }
    analytic_head {}
    auxiliary_loss_weight: 1
    test_shift: 1
  )pb");
  const absl::StatusOr<std::string> bytes = OnnxFile(model);
  ASSERT_THAT(bytes, IsOk());
  EXPECT_THAT(OnnxFile(model), IsOkAndHolds(*bytes));
}

TEST(OnnxExportTest, RefusesModelsThatAreNone) {
  proto::Model model = NewModel(R"pb(
    branches: JOINT
    branch { flatten {} }
    branch { linear { out_features: 2 } }
  )pb");
  model.mutable_parameters()->RemoveLast();
  EXPECT_THAT(ExportOnnx(model),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(R"(parameters: "branch.1.bias" is missing)")));
}

}  // namespace
}  // namespace minidl
