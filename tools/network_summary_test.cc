#include "tools/network_summary.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/linear.h"
#include "nn/module.h"
#include "nn/pair_network.h"
#include "nn/relu.h"
#include "nn/sequential.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tools/network_summary.pb.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;

constexpr PairImages kImages = {14, 14, 10};

proto::NetworkSummary Summarize(const std::string& architecture_text,
                                const std::string& training_text) {
  proto::Architecture architecture;
  EXPECT_THAT(ParseTextProto(architecture_text, "test", &architecture), IsOk());
  proto::Training training;
  EXPECT_THAT(ParseTextProto(training_text, "test", &training), IsOk());
  Generator generator(0);
  const auto network =
      PairNetwork::Create(architecture, kImages, {generator, generator});
  EXPECT_THAT(network, IsOk());
  return SummarizeNetwork(**network, kImages, training);
}

// The convnet of the course, whose parameters are as PyTorch 1.13 counts them:
//
//   net = nn.Sequential(nn.Conv2d(2, 32, 3), nn.MaxPool2d(2), nn.ReLU(),
//                       nn.Conv2d(32, 64, 3), nn.MaxPool2d(2), nn.ReLU(),
//                       nn.Flatten(), nn.Linear(256, 200), nn.ReLU(),
//                       nn.Linear(200, 2))
//   [sum(p.numel() for p in m.parameters()) for m in net]
//   [list(net[:i + 1](torch.zeros(1, 2, 14, 14)).shape[1:]) for i in range(10)]
TEST(NetworkSummaryTest, ConvnetHasPyTorchsParametersAndShapes) {
  const proto::NetworkSummary summary = Summarize(R"(
    branches: JOINT
    branch { conv2d { out_channels: 32 kernel_size: 3 } }
    branch { max_pool2d { kernel_size: 2 } }
    branch { relu {} }
    branch { conv2d { out_channels: 64 kernel_size: 3 } }
    branch { max_pool2d { kernel_size: 2 } }
    branch { relu {} }
    branch { flatten {} }
    branch { linear { out_features: 200 } }
    branch { relu {} }
    branch { linear { out_features: 2 } }
  )",
                                                  R"(
    batch_size: 100
    sgd { learning_rate: 1 }
  )");
  EXPECT_EQ(summary.parameters(), 70'906);
  const proto::ModuleSummary& branch = summary.modules(0);
  EXPECT_EQ(branch.name(), "branch");
  EXPECT_EQ(branch.description(), "Sequential");
  EXPECT_EQ(branch.parameters(), 70'906);
  ASSERT_EQ(branch.parts().size(), 10);
  EXPECT_EQ(branch.parts(0).name(), "0");
  EXPECT_EQ(branch.parts(0).description(), "Conv2d(2, 32, kernel_size=3)");
  EXPECT_EQ(branch.parts(0).parameters(), 608);
  EXPECT_THAT(branch.parts(0).output_shape(), ElementsAre(32, 12, 12));
  EXPECT_EQ(branch.parts(3).parameters(), 18'496);
  EXPECT_THAT(branch.parts(3).output_shape(), ElementsAre(64, 4, 4));
  EXPECT_EQ(branch.parts(5).parameters(), 0);
  EXPECT_THAT(branch.parts(5).output_shape(), ElementsAre(64, 2, 2));
  EXPECT_THAT(branch.parts(6).output_shape(), ElementsAre(256));
  EXPECT_EQ(branch.parts(7).parameters(), 51'400);
  EXPECT_EQ(branch.parts(9).parameters(), 402);
  // By hand: 12·12 outputs of 32 channels have 2·9 products each.
  EXPECT_EQ(branch.parts(0).forward_flops(), 100 * 144 * 32 * 2 * 18);
  // The input's gradient is not needed; each output is added to a bias's.
  EXPECT_EQ(branch.parts(0).backward_flops(), 100 * (144 * 32 * (2 * 18 + 1)));
  EXPECT_EQ(branch.parts(0).activation_bytes(), 100 * 144 * 32 * 4);
}

// Each image goes through 196 -> 3, and both through 6 -> 2.
constexpr char kSmall[] = R"(
  branch { flatten {} }
  branch { linear { out_features: 3 } }
  branch { relu {} }
  head { linear { out_features: 2 } }
)";

TEST(NetworkSummaryTest, SharedBranchesSeeBothImages) {
  const proto::NetworkSummary summary =
      Summarize(std::string("branches: SHARED ") + kSmall,
                "batch_size: 5 adam { learning_rate: 1 }");
  EXPECT_EQ(summary.optimizer(), "adam");
  EXPECT_EQ(summary.batch_size(), 5);
  EXPECT_EQ(summary.parameters(), 196 * 3 + 3 + 6 * 2 + 2);
  // Per image and per pair. Before the first weights there is no gradient.
  const int64_t image_forward = 2 * 196 * 3 + 3;
  const int64_t image_backward = 2 * 196 * 3 + 3 + 3;
  const int64_t pair_forward = 2 * 6 * 2;
  const int64_t pair_backward = 2 * 6 * 2 + 2 + 2 * 6 * 2;
  EXPECT_EQ(summary.forward_flops(), 10 * image_forward + 5 * pair_forward);
  EXPECT_EQ(summary.backward_flops(), 10 * image_backward + 5 * pair_backward);
  const proto::StepMemory& memory = summary.memory();
  EXPECT_EQ(memory.input(), 4 * 5 * 2 * 196);
  EXPECT_EQ(memory.parameters(), 4 * 605);
  EXPECT_EQ(memory.parameter_gradients(), 4 * 605);
  EXPECT_EQ(memory.optimizer_state(), 2 * 4 * 605);
  EXPECT_EQ(memory.activations(), 4 * (10 * (196 + 3 + 3) + 5 * 2));
  EXPECT_EQ(memory.activation_gradients(), memory.activations());
  EXPECT_EQ(memory.total(),
            4 * (5 * 2 * 196 + 4 * 605) + 2 * memory.activations());
}

TEST(NetworkSummaryTest, SeparateBranchesSeeAnImageEach) {
  const proto::NetworkSummary shared =
      Summarize(std::string("branches: SHARED ") + kSmall,
                "batch_size: 5 sgd { learning_rate: 1 momentum: 0.9 }");
  const proto::NetworkSummary separate =
      Summarize(std::string("branches: SEPARATE ") + kSmall,
                "batch_size: 5 sgd { learning_rate: 1 }");
  ASSERT_EQ(separate.modules(0).parts().size(), 2);
  EXPECT_EQ(separate.modules(0).parts(1).name(), "1");
  EXPECT_EQ(separate.parameters(), shared.parameters() + 196 * 3 + 3);
  EXPECT_EQ(separate.forward_flops(), shared.forward_flops());
  EXPECT_EQ(separate.backward_flops(), shared.backward_flops());
  EXPECT_EQ(separate.memory().activations(), shared.memory().activations());
  EXPECT_EQ(shared.memory().optimizer_state(), shared.memory().parameters());
  EXPECT_EQ(separate.memory().optimizer_state(), 0);
}

// Says nothing of its work.
class Secret : public Module {
 public:
  std::string Description() const override { return "Secret()"; }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return input;
  }
  const Tensor<float>& Forward(const Tensor<float>& input) override {
    return input;
  }
  const Tensor<float>& Backward(const Tensor<float>& gradient) override {
    return gradient;
  }
};

TEST(NetworkSummaryTest, UnknownOperationsAreNotZero) {
  Generator generator(0);
  Sequential sequential;
  sequential.Emplace<Linear>(2, 3, generator);
  auto inner = std::make_unique<Sequential>();
  inner->Emplace<Secret>();
  inner->Emplace<ReLU>();
  sequential.Add(std::move(inner));
  sequential.Emplace<ReLU>();
  const proto::ModuleSummary summary =
      SummarizeModule("all", sequential, {2}, 10);
  EXPECT_FALSE(summary.has_forward_flops());
  EXPECT_FALSE(summary.has_backward_flops());
  EXPECT_FALSE(summary.parts(1).has_forward_flops());
  EXPECT_FALSE(summary.parts(1).parts(0).has_forward_flops());
  EXPECT_EQ(summary.parts(1).parts(1).forward_flops(), 30);
  EXPECT_EQ(summary.parts(2).forward_flops(), 30);
  EXPECT_EQ(summary.parameters(), 9);
  EXPECT_EQ(summary.activation_bytes(), 4 * 4 * 30);
}

}  // namespace
}  // namespace minidl
