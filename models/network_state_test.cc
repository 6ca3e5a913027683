#include "models/network_state.h"

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/network_testutil.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"
#include "tensor/generator.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Ne;
using ::testing::StartsWith;

// A network whose running statistics are not those that it started with.
class NetworkStateTest : public testing::Test {
 protected:
  NetworkStateTest() {
    network_->Forward(RandomBatch(8, generator_).pairs);
    SavePairNetwork(architecture_, kTestImages, *network_, &model_);
  }

  Generator dropout_{1};
  Generator generator_{2};
  const proto::Architecture architecture_ = TestArchitecture();
  const std::unique_ptr<PairNetwork> network_ =
      TestNetwork(architecture_, /*seed=*/3, dropout_);
  const TestBatch batch_ = RandomBatch(5, generator_);
  proto::Model model_;
};

TEST_F(NetworkStateTest, NamesAreThoseOfPyTorch) {
  std::vector<std::string> parameters;
  for (const proto::NamedTensor& tensor : model_.parameters()) {
    parameters.push_back(tensor.name());
  }
  // As torch.nn.ModuleDict({'branch': Sequential(...), 'head': ...}) names
  // them, without num_batches_tracked, which nothing here depends on.
  EXPECT_THAT(parameters,
              ElementsAre("branch.0.weight", "branch.0.bias", "branch.1.weight",
                          "branch.1.bias", "branch.5.weight", "branch.5.bias",
                          "head.0.weight", "head.0.bias", "head.1.weight",
                          "head.1.bias", "head.3.weight", "head.3.bias"));
  EXPECT_THAT(model_.parameters(0).shape(), ElementsAre(4, 1, 3, 3));
  ASSERT_EQ(model_.buffers_size(), 4);
  EXPECT_EQ(model_.buffers(0).name(), "branch.1.running_mean");
  EXPECT_THAT(model_.buffers(0).values(), testing::Not(testing::Each(0)));
}

TEST_F(NetworkStateTest, LoadedNetworkPredictsTheSameBits) {
  Generator dropout(4);
  const absl::StatusOr<std::unique_ptr<PairNetwork>> loaded =
      LoadPairNetwork(model_, dropout);
  ASSERT_THAT(loaded, IsOk());
  EXPECT_THAT(OutputBits(batch_.pairs, **loaded),
              Eq(OutputBits(batch_.pairs, *network_)));
}

TEST_F(NetworkStateTest, RestoredNetworkPredictsTheSameBits) {
  const std::unique_ptr<PairNetwork> other =
      TestNetwork(architecture_, /*seed=*/5, dropout_);
  // It has memory of another batch.
  EXPECT_THAT(OutputBits(batch_.pairs, *other),
              Ne(OutputBits(batch_.pairs, *network_)));
  ASSERT_THAT(RestorePairNetwork(model_, architecture_, kTestImages, *other),
              IsOk());
  EXPECT_THAT(OutputBits(batch_.pairs, *other),
              Eq(OutputBits(batch_.pairs, *network_)));
}

TEST_F(NetworkStateTest, TensorsMayComeInAnyOrder) {
  model_.mutable_parameters()->SwapElements(0, 11);
  model_.mutable_buffers()->SwapElements(1, 2);
  const absl::StatusOr<std::unique_ptr<PairNetwork>> loaded =
      LoadPairNetwork(model_, dropout_);
  ASSERT_THAT(loaded, IsOk());
  EXPECT_THAT(OutputBits(batch_.pairs, **loaded),
              Eq(OutputBits(batch_.pairs, *network_)));
}

TEST_F(NetworkStateTest, ValuesMayBeAny) {
  model_.mutable_parameters(0)->set_values(
      0, std::numeric_limits<float>::quiet_NaN());
  model_.mutable_parameters(0)->set_values(
      1, -std::numeric_limits<float>::infinity());
  const absl::StatusOr<std::unique_ptr<PairNetwork>> loaded =
      LoadPairNetwork(model_, dropout_);
  ASSERT_THAT(loaded, IsOk());
  const float* weight = (*loaded)->Parameters()[0].parameter->value.data();
  EXPECT_TRUE(std::isnan(weight[0]));
  EXPECT_TRUE(std::isinf(weight[1]));
}

// Expects LoadPairNetwork and RestorePairNetwork to refuse what `change` makes
// of the model, with this message, and the network to stay as it was.
void ExpectRefused(proto::Model model,
                   const std::function<void(proto::Model&)>& change,
                   const std::string& message) {
  change(model);
  Generator dropout(1);
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, StartsWith(message));
  EXPECT_THAT(LoadPairNetwork(model, dropout), refused);

  const proto::Architecture architecture = TestArchitecture();
  const std::unique_ptr<PairNetwork> network =
      TestNetwork(architecture, /*seed=*/5, dropout);
  proto::Model before;
  SavePairNetwork(architecture, kTestImages, *network, &before);
  EXPECT_THAT(RestorePairNetwork(model, architecture, kTestImages, *network),
              refused);
  proto::Model after;
  SavePairNetwork(architecture, kTestImages, *network, &after);
  EXPECT_EQ(after.SerializeAsString(), before.SerializeAsString());
}

TEST_F(NetworkStateTest, TensorsMustBeTheNetworks) {
  const auto expect_refused =
      [this](const std::string& message,
             const std::function<void(proto::Model&)>& change) {
        ExpectRefused(model_, change, message);
      };
  expect_refused(
      R"(parameters: "head.3.bias" is missing)",
      [](proto::Model& model) { model.mutable_parameters()->RemoveLast(); });
  expect_refused(R"(parameters: "head.4.bias" is none of the 12 expected)",
                 [](proto::Model& model) {
                   model.mutable_parameters(11)->set_name("head.4.bias");
                 });
  expect_refused(R"(parameters: "head.3.bias" is there twice)",
                 [](proto::Model& model) {
                   *model.add_parameters() = model.parameters(11);
                 });
  expect_refused(
      R"(parameters: "branch.0.weight" has shape [4, 9]; expected [4, 1, 3, 3])",
      [](proto::Model& model) {
        proto::NamedTensor& weight = *model.mutable_parameters(0);
        weight.clear_shape();
        weight.add_shape(4);
        weight.add_shape(9);
      });
  expect_refused(R"(parameters: "branch.0.bias" has shape [-4]; expected [4])",
                 [](proto::Model& model) {
                   model.mutable_parameters(1)->set_shape(0, -4);
                 });
  expect_refused(
      R"(parameters: "branch.0.bias" has 5 values; expected 4, as its shape)",
      [](proto::Model& model) { model.mutable_parameters(1)->add_values(0); });
  expect_refused(R"(buffers: "branch.1.running_mean" is missing)",
                 [](proto::Model& model) { model.clear_buffers(); });
  expect_refused(
      R"(buffers: "head.1.running_var" has shape [6]; expected [5])",
      [](proto::Model& model) { model.mutable_buffers(3)->set_shape(0, 6); });
}

TEST_F(NetworkStateTest, ArchitectureMustMakeANetwork) {
  const auto expect_refused =
      [this](const std::string& message,
             const std::function<void(proto::Model&)>& change) {
        change(model_);
        Generator dropout(1);
        EXPECT_THAT(LoadPairNetwork(model_, dropout),
                    StatusIs(absl::StatusCode::kFailedPrecondition,
                             StartsWith(message)));
      };
  expect_refused("architecture: branches is not set", [](proto::Model& model) {
    model.mutable_architecture()->clear_branches();
  });
  // More memory than the file has numbers for.
  expect_refused(
      "architecture: head[0].linear: the weight has shape [60000, 6]",
      [](proto::Model& model) {
        model.mutable_architecture()->set_branches(proto::Architecture::SHARED);
        model.mutable_architecture()
            ->mutable_head(0)
            ->mutable_linear()
            ->set_out_features(60000);
      });
  expect_refused("height is 0; expected 1 to 1024",
                 [](proto::Model& model) { model.set_height(0); });
  expect_refused("width is 1000000000000; expected", [](proto::Model& model) {
    model.set_height(6);
    model.set_width(1000000000000);
  });
  expect_refused("num_classes is -1; expected", [](proto::Model& model) {
    model.set_width(6);
    model.set_num_classes(-1);
  });
}

TEST_F(NetworkStateTest, AnotherArchitectureIsRefused) {
  proto::Architecture other = architecture_;
  other.set_name("other");
  // It is called otherwise, but it is the same.
  EXPECT_THAT(RestorePairNetwork(model_, other, kTestImages, *network_),
              IsOk());
  // Its tensors have the same names and shapes.
  *other.mutable_head(2) = other.branch(2);
  EXPECT_THAT(
      RestorePairNetwork(model_, other, kTestImages, *network_),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               StartsWith("the architecture is another than expected: ")));
  EXPECT_THAT(RestorePairNetwork(model_, architecture_, {6, 6, 10}, *network_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "num_classes is 3; expected 10"));
}

}  // namespace
}  // namespace minidl
