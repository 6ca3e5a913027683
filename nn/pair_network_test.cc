#include "nn/pair_network.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/types/span.h"
#include "base/check.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/module.h"
#include "nn/module_testutil.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/layout.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsNull;
using ::testing::NotNull;

// Networks live no longer than these.
struct Generators {
  Generator initialization{1};
  Generator dropout{2};
};

template <typename T>
absl::StatusOr<std::unique_ptr<BasicPairNetwork<T>>> Create(
    const std::string& text, const PairImages& images, Generators& generators) {
  proto::Architecture architecture;
  EXPECT_THAT(ParseTextProto(text, "test", &architecture), IsOk());
  return BasicPairNetwork<T>::Create(
      architecture, images, {generators.initialization, generators.dropout});
}

std::vector<std::string> Names(const std::vector<NamedParameter>& parameters) {
  std::vector<std::string> names;
  for (const NamedParameter& named : parameters) names.push_back(named.name);
  return names;
}

constexpr PairImages kDigits = {14, 14, 10};
// Small ones, of three classes, for numeric gradients.
constexpr PairImages kSmall = {4, 5, 3};

// 2×4×5: branches that classify, and a head. What `branches` are is missing.
constexpr char kClassifier[] = R"pb(
  branch { conv2d { out_channels: 2 kernel_size: 3 } }
  branch { tanh {} }
  branch { flatten {} }
  branch { linear { out_features: 3 } }
  head { linear { out_features: 4 } }
  head { tanh {} }
  head { linear { out_features: 2 } }
)pb";
constexpr char kAnalytic[] = R"pb(
  branches: SHARED
  branch { flatten {} }
  branch { linear { out_features: 3 } }
  analytic_head {}
)pb";
constexpr char kJointConvnet[] = R"pb(
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
)pb";

std::string WithBranches(const std::string& branches, const std::string& text) {
  return "branches: " + branches + " " + text;
}

// A pair network as a module, for its gradients by the parameters: output =
// input + the logits of pairs of its own, where row n has pair n's comparison
// and, if the network classifies, the classes of its first and second image.
class PairNetworkModule : public BasicModule<double> {
 public:
  explicit PairNetworkModule(const std::string& text) {
    auto network = Create<double>(text, kSmall, generators_);
    MINIDL_CHECK(network.ok(), network.status().ToString());
    network_ = *std::move(network);
  }

  std::string Description() const override { return "PairNetworkModule()"; }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return input;
  }
  const Tensor<double>& Forward(const Tensor<double>& input) override {
    const int64_t batch = input.shape()[0];
    pairs_ = RandomTensor<double>({batch, 2, kSmall.height, kSmall.width}, 7);
    const auto logits = network_->Forward(pairs_);
    output_ = input.Clone();
    for (int64_t n = 0; n < batch; ++n) {
      for (int64_t i = 0; i < output_.shape()[1]; ++i) {
        output_(n, i) += i < 2 ? logits.comparison(n, i)
                               : (*logits.classes)(ClassRow(n, i), ClassOf(i));
      }
    }
    return output_;
  }
  const Tensor<double>& Backward(const Tensor<double>& gradient) override {
    const Shape& shape = gradient.shape();
    Tensor<double> comparison({shape[0], 2});
    Tensor<double> classes({2 * shape[0], kSmall.num_classes});
    for (int64_t n = 0; n < shape[0]; ++n) {
      for (int64_t i = 0; i < shape[1]; ++i) {
        (i < 2 ? comparison(n, i) : classes(ClassRow(n, i), ClassOf(i))) =
            gradient(n, i);
      }
    }
    network_->Backward(comparison, shape[1] > 2 ? &classes : nullptr);
    return gradient;
  }
  void AppendParameters(
      const std::string& prefix,
      std::vector<BasicNamedParameter<double>>* parameters) override {
    for (const auto& [name, parameter] : network_->Parameters()) {
      parameters->push_back({prefix + name, parameter});
    }
  }

 private:
  // Where column i >= 2 of pair n is in the class logits.
  static int64_t ClassRow(int64_t n, int64_t i) {
    return 2 * n + (i - 2) / kSmall.num_classes;
  }
  static int64_t ClassOf(int64_t i) { return (i - 2) % kSmall.num_classes; }

  Generators generators_;
  std::unique_ptr<BasicPairNetwork<double>> network_;
  Tensor<double> pairs_;
  Tensor<double> output_;
};

constexpr int64_t kClassLogits = 2 * kSmall.num_classes;

TEST(PairNetworkTest, GradientsOfBothOutputsTogether) {
  for (const std::string& text :
       {WithBranches("SHARED", kClassifier),
        WithBranches("SEPARATE", kClassifier), std::string(kAnalytic)}) {
    ExpectKeepsModuleContract(
        [&] { return std::make_unique<PairNetworkModule>(text); },
        {2 + kClassLogits});
  }
}

TEST(PairNetworkTest, GradientsOfTheComparisonAlone) {
  const std::string joint = R"pb(
    branches: JOINT
    branch { conv2d { out_channels: 2 kernel_size: 3 } }
    branch { tanh {} }
    branch { flatten {} }
    branch { linear { out_features: 2 } }
  )pb";
  for (const std::string& text :
       {joint, WithBranches("SHARED", kClassifier),
        WithBranches("SEPARATE", kClassifier), std::string(kAnalytic)}) {
    ExpectKeepsModuleContract(
        [&] { return std::make_unique<PairNetworkModule>(text); }, {2});
  }
}

TEST(PairNetworkTest, JointConvnetHasTheKnownSize) {
  Generators generators;
  const auto network = Create<float>(kJointConvnet, kDigits, generators);
  ASSERT_THAT(network, IsOk());
  EXPECT_THAT(Names((*network)->Parameters()),
              ElementsAre("branch.0.weight", "branch.0.bias", "branch.3.weight",
                          "branch.3.bias", "branch.7.weight", "branch.7.bias",
                          "branch.9.weight", "branch.9.bias"));
  // 2·9·32 + 32, 32·9·64 + 64, 256·200 + 200 and 200·2 + 2.
  EXPECT_EQ(NumElements((*network)->Parameters()), 608 + 18'496 + 51'400 + 402);
  EXPECT_EQ(NumElements((*network)->Parameters()), 70'906);

  const auto pairs = RandomTensor<float>({3, 2, 14, 14}, 1);
  const auto output = (*network)->Forward(pairs);
  EXPECT_EQ(output.comparison.shape(), (Shape{3, 2}));
  EXPECT_THAT(output.classes, IsNull());
}

TEST(PairNetworkTest, SharingHalvesTheBranches) {
  Generators generators;
  const auto shared =
      Create<float>(WithBranches("SHARED", kClassifier), kSmall, generators);
  ASSERT_THAT(shared, IsOk());
  EXPECT_THAT(Names((*shared)->Parameters()),
              ElementsAre("branch.0.weight", "branch.0.bias", "branch.3.weight",
                          "branch.3.bias", "head.0.weight", "head.0.bias",
                          "head.2.weight", "head.2.bias"));
  // Of a branch 9·2 + 2 and 12·3 + 3, of the head 6·4 + 4 and 4·2 + 2.
  EXPECT_EQ(NumElements((*shared)->Parameters()), 59 + 38);

  const auto separate =
      Create<float>(WithBranches("SEPARATE", kClassifier), kSmall, generators);
  ASSERT_THAT(separate, IsOk());
  EXPECT_EQ(Names((*separate)->Parameters())[0], "branch.0.0.weight");
  EXPECT_EQ(Names((*separate)->Parameters())[4], "branch.1.0.weight");
  EXPECT_EQ(NumElements((*separate)->Parameters()), 2 * 59 + 38);
}

// With shared branches the same image has the same class logits, as the first
// of a pair and as the second; and row 2n + i is image i of pair n.
TEST(PairNetworkTest, ClassLogitsAreTheImages) {
  Generators generators;
  const auto network =
      Create<float>(WithBranches("SHARED", kClassifier), kSmall, generators);
  ASSERT_THAT(network, IsOk());
  const auto images = RandomTensor<float>({3, 1, 4, 5}, 1);
  const auto pairs_of = [&](absl::Span<const int64_t> rows) {
    Tensor<float> pairs;
    GatherRows(images, rows, pairs);
    pairs.Reshape({static_cast<int64_t>(rows.size()) / 2, 2, 4, 5});
    return pairs;
  };
  const Tensor<float> pairs = pairs_of({0, 1, 2, 0});
  const auto output = (*network)->Forward(pairs);
  ASSERT_THAT(output.classes, NotNull());
  ASSERT_EQ(output.classes->shape(), (Shape{4, 3}));
  EXPECT_EQ(output.classes->Outer(0), output.classes->Outer(3));
  EXPECT_NE(output.classes->Outer(0), output.classes->Outer(1));
  EXPECT_NE(output.classes->Outer(0), output.classes->Outer(2));
}

// The branches' class logits alone decide, and nothing else has parameters.
TEST(PairNetworkTest, AnalyticHeadComparesTheClasses) {
  Generators generators;
  const auto network = Create<float>(kAnalytic, kSmall, generators);
  ASSERT_THAT(network, IsOk());
  EXPECT_THAT(Names((*network)->Parameters()),
              ElementsAre("branch.1.weight", "branch.1.bias"));
  const auto pairs = RandomTensor<float>({4, 2, 4, 5}, 1);
  const auto output = (*network)->Forward(pairs);
  ASSERT_NE(output.classes, nullptr);
  for (int64_t n = 0; n < 4; ++n) {
    double greater = 0;
    double less_equal = 0;
    for (int64_t i = 0; i < 3; ++i) {
      for (int64_t j = 0; j < 3; ++j) {
        (i > j ? greater : less_equal) += std::exp(
            (*output.classes)(2 * n, i) + (*output.classes)(2 * n + 1, j));
      }
    }
    EXPECT_NEAR(output.comparison(n, 1) - output.comparison(n, 0),
                std::log(less_equal / greater), 1e-6);
  }
}

TEST(PairNetworkTest, SameSeedSameNetwork) {
  const auto pairs = RandomTensor<float>({2, 2, 14, 14}, 1);
  Generators a;
  Generators b;
  const auto first = Create<float>(kJointConvnet, kDigits, a);
  const auto second = Create<float>(kJointConvnet, kDigits, b);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ((*first)->Forward(pairs).comparison.values(),
            (*second)->Forward(pairs).comparison.values());
}

// The default's biases would not be 0.
TEST(PairNetworkTest, InitializesBranchesAndHeadAsTheArchitectureSays) {
  Generators generators;
  const auto network = Create<float>(
      WithBranches("SHARED initialization: KAIMING_UNIFORM", kClassifier),
      kSmall, generators);
  ASSERT_THAT(network, IsOk());
  for (const NamedParameter& named : (*network)->Parameters()) {
    if (absl::EndsWith(named.name, "bias")) {
      EXPECT_THAT(named.parameter->value.values(), Each(0)) << named.name;
    }
  }
}

TEST(PairNetworkTest, PassesOnTheModeToBranchesAndHead) {
  for (const std::string place : {"branch", "head"}) {
    Generators generators;
    const auto network = Create<float>(
        WithBranches("JOINT", R"pb(branch { flatten {} })pb") +
            (place == "branch" ? "branch { dropout { probability: 0.5 } }"
                               : "head { dropout { probability: 0.5 } }") +
            "head { linear { out_features: 2 } }",
        kSmall, generators);
    ASSERT_THAT(network, IsOk());
    const auto pairs = RandomTensor<float>({4, 2, 4, 5}, 1);
    const auto forward = [&] {
      return (*network)->Forward(pairs).comparison.Clone();
    };
    EXPECT_NE(forward().values(), forward().values()) << place;
    (*network)->SetTraining(false);
    EXPECT_EQ(forward().values(), forward().values()) << place;
  }
}

TEST(PairNetworkTest, WhatIsWrongIsNamed) {
  const std::pair<std::string, std::string> cases[] = {
      {"branch { relu {} }",
       "branches is not set; expected JOINT, SEPARATE or SHARED"},
      {"branches: JOINT branch { linear { out_features: 2 } }",
       "branch[0].linear needs inputs of shape [F], not [2, 14, 14]; put "
       "flatten {} before it"},
      {"branches: SHARED branch { linear { out_features: 2 } }",
       "branch[0].linear needs inputs of shape [F], not [1, 14, 14]; put "
       "flatten {} before it"},
      {"branches: JOINT branch { relu {} }",
       "branch ends with shape [2, 14, 14]; expected [F]: put flatten {} "
       "before a linear layer"},
      {"branches: SHARED branch { relu {} }",
       "SharedBranches needs branches that end with shape [F], not [1, 14, "
       "14]; put a Flatten before a Linear"},
      {"branches: SEPARATE branch { relu {} }",
       "SeparateBranches needs branches that end with shape [F], not [1, 14, "
       "14]; put a Flatten before a Linear"},
      {"branches: JOINT branch { flatten {} }",
       "branch, without a head, ends with shape [392]; expected [2], the "
       "logits of the comparison"},
      {"branches: SHARED branch { flatten {} } "
       "head { linear { out_features: 3 } }",
       "head ends with shape [3]; expected [2], the logits of the comparison"},
      {"branches: SHARED branch { flatten {} } head { linear {} }",
       "head[0].linear.out_features is 0; expected at least 1"},
      {"branches: SHARED branch { flatten {} } "
       "branch { linear { out_features: 7 } } "
       "head { linear { out_features: 2 } } auxiliary_loss_weight: 0.5",
       "auxiliary_loss_weight is 0.5, but the branches give 14 features; "
       "expected 20, the logits of each image's 10 classes"},
      {"branches: SHARED branch { flatten {} } "
       "branch { linear { out_features: 7 } } analytic_head {}",
       "there is an analytic_head, but the branches give 14 features; "
       "expected 20, the logits of each image's 10 classes"},
      {"branches: SHARED branch { flatten {} } "
       "branch { linear { out_features: 10 } } "
       "head { linear { out_features: 2 } } analytic_head {}",
       "head and analytic_head are both there; expected one of them"},
      {"branches: SHARED auxiliary_loss_weight: -1",
       "auxiliary_loss_weight is -1; expected 0 or a positive number"},
      {"branches: SHARED auxiliary_loss_weight: nan",
       "auxiliary_loss_weight is nan; expected 0 or a positive number"},
  };
  for (const auto& [text, message] : cases) {
    Generators generators;
    EXPECT_THAT(Create<float>(text, kDigits, generators),
                StatusIs(absl::StatusCode::kInvalidArgument, message))
        << text;
  }
}

TEST(PairNetworkDeathTest, GradientOfClassesThatDoNotFit) {
  Generators generators;
  const auto network =
      Create<float>(WithBranches("SHARED", kClassifier), kSmall, generators);
  ASSERT_THAT(network, IsOk());
  const Tensor<float> pairs({3, 2, 4, 5});
  (*network)->Forward(pairs);
  const Tensor<float> comparison({3, 2});
  const Tensor<float> classes({3, 3});
  EXPECT_DEATH((*network)->Backward(comparison, &classes),
               "PairNetwork: gradient of the classes \\[3, 3\\] where the "
               "logits are \\[6, 3\\]");

  const auto joint = Create<float>(kJointConvnet, kDigits, generators);
  ASSERT_THAT(joint, IsOk());
  const Tensor<float> digits({3, 2, 14, 14});
  (*joint)->Forward(digits);
  EXPECT_DEATH((*joint)->Backward(comparison, &classes),
               "PairNetwork: gradient of the classes");
}

}  // namespace
}  // namespace minidl
