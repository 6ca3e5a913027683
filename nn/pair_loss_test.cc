#include "nn/pair_loss.h"

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/loss.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "tensor/generator.h"
#include "tensor/tensor.h"
#include "tensor/tensor_testutil.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kClasses = 3;
constexpr int64_t kPairs = 4;
constexpr PairImages kImages = {2, 2, kClasses};

proto::Architecture Parse(const std::string& losses) {
  proto::Architecture architecture;
  EXPECT_THAT(ParseTextProto(R"(
      branches: SHARED
      branch { flatten {} }
      branch { linear { out_features: 3 } }
      head { linear { out_features: 2 } } )" +
                                 losses,
                             "test", &architecture),
              IsOk());
  return architecture;
}

// Its classes' probabilities compare.
proto::Architecture ParseAnalytic(const std::string& losses) {
  proto::Architecture architecture = Parse(losses);
  architecture.clear_head();
  architecture.mutable_analytic_head();
  return architecture;
}

absl::Status CreateStatus(const std::string& losses) {
  return PairLoss::Create(Parse(losses), kClasses).status();
}

// A network in double, its input, and the true classes.
class PairLossTest : public testing::Test {
 protected:
  using Network = BasicPairNetwork<double>;
  using Loss = BasicPairLoss<double>;

  void Make(const std::string& losses) {
    const proto::Architecture architecture = Parse(losses);
    Generator generator(1);
    network_ = *Network::Create(architecture, kImages, {generator, generator});
    loss_ = *Loss::Create(architecture, kClasses);
  }

  Loss::Value Forward() {
    return loss_->Forward(network_->Forward(pairs_), comparisons_, classes_);
  }

  const Tensor<double> pairs_ = RandomTensor<double>({kPairs, 2, 2, 2}, 1);
  const Tensor<int64_t> comparisons_{{kPairs}, {1, 0, 1, 1}};
  const Tensor<int64_t> classes_{{2 * kPairs}, {0, 1, 2, 0, 1, 1, 1, 2}};
  std::unique_ptr<Network> network_;
  std::unique_ptr<Loss> loss_;
};

TEST_F(PairLossTest, IsTheSumOfItsParts) {
  Make("auxiliary_loss_weight: 0.5");
  EXPECT_TRUE(loss_->has_auxiliary());
  EXPECT_EQ(loss_->auxiliary_weight(), 0.5);
  const Network::Output output = network_->Forward(pairs_);
  const Loss::Value value = loss_->Forward(output, comparisons_, classes_);
  BasicLossCrossEntropy<double> expected;
  EXPECT_EQ(value.comparison,
            expected.Forward(output.comparison, comparisons_));
  // The mean over pairs of the sum of two, of which that over images is half.
  EXPECT_EQ(value.auxiliary, 2 * expected.Forward(*output.classes, classes_));
  EXPECT_EQ(value.total, value.comparison + 0.5 * value.auxiliary);
}

TEST_F(PairLossTest, SumsAreOverAllImages) {
  Make(R"(auxiliary_loss_weight: 0.5
          comparison_loss { reduction: SUM }
          auxiliary_loss { mse {} reduction: SUM })");
  const Loss::Value sum = Forward();
  Make(R"(auxiliary_loss_weight: 0.5 auxiliary_loss { mse {} })");
  const Loss::Value mean = Forward();
  EXPECT_DOUBLE_EQ(sum.comparison, kPairs * mean.comparison);
  EXPECT_DOUBLE_EQ(sum.auxiliary, kPairs * kClasses * mean.auxiliary);
}

TEST_F(PairLossTest, ComparisonHasAWeight) {
  Make("comparison_loss_weight: 0.25 auxiliary_loss_weight: 2");
  EXPECT_EQ(loss_->comparison_weight(), 0.25);
  const Loss::Value value = Forward();
  EXPECT_EQ(value.total, 0.25 * value.comparison + 2 * value.auxiliary);
  Make("auxiliary_loss_weight: 2");
  EXPECT_EQ(loss_->comparison_weight(), 1);
  EXPECT_EQ(Forward().comparison, value.comparison);
}

TEST_F(PairLossTest, WithoutWeightThereIsNoAuxiliaryLoss) {
  Make("");
  EXPECT_FALSE(loss_->has_auxiliary());
  const Loss::Value value = Forward();
  EXPECT_EQ(value.auxiliary, 0);
  EXPECT_EQ(value.total, value.comparison);
}

// By central differences of every parameter.
TEST_F(PairLossTest, BackwardIsTheGradient) {
  for (const char* losses :
       {"", "auxiliary_loss_weight: 0.7", "comparison_loss_weight: 3",
        R"(auxiliary_loss_weight: 0.7
           comparison_loss { bce_with_logits {} reduction: SUM }
           auxiliary_loss { cross_entropy { label_smoothing: 0.1
                                            class_weights: [1, 2, 0.5] } })",
        R"(auxiliary_loss_weight: 0.7
           comparison_loss { mse {} }
           auxiliary_loss { bce_with_logits {} reduction: SUM })"}) {
    SCOPED_TRACE(losses);
    Make(losses);
    Forward();
    loss_->Backward(*network_);
    for (const BasicNamedParameter<double>& named : network_->Parameters()) {
      Tensor<double>& value = named.parameter->value;
      for (int64_t i = 0; i < value.size(); ++i) {
        constexpr double kStep = 1e-5;
        const double before = value.data()[i];
        value.data()[i] = before + kStep;
        const double above = Forward().total;
        value.data()[i] = before - kStep;
        const double below = Forward().total;
        value.data()[i] = before;
        EXPECT_NEAR(named.parameter->gradient.data()[i],
                    (above - below) / (2 * kStep), 1e-8)
            << named.name << "[" << i << "]";
      }
    }
  }
}

TEST(PairLossMistakesTest, FieldsAreNamed) {
  const auto is_mistake = [](const std::string& message) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
  };
  EXPECT_THAT(CreateStatus("auxiliary_loss { mse {} }"),
              is_mistake("auxiliary_loss is set; expected an "
                         "auxiliary_loss_weight with it"));
  EXPECT_THAT(
      CreateStatus(
          "comparison_loss { cross_entropy { class_weights: [1, 1, 1] } }"),
      is_mistake("comparison_loss.cross_entropy.class_weights has 3 numbers; "
                 "expected 2"));
  EXPECT_THAT(
      CreateStatus(R"(auxiliary_loss_weight: 1
                auxiliary_loss { cross_entropy { class_weights: [1, 1] } })"),
      is_mistake("auxiliary_loss.cross_entropy.class_weights has 2 numbers; "
                 "expected 3"));
  EXPECT_THAT(CreateStatus("comparison_loss_weight: -1"),
              is_mistake("comparison_loss_weight is -1; expected"));
  EXPECT_THAT(CreateStatus("comparison_loss_weight: nan"),
              is_mistake("comparison_loss_weight is nan; expected"));
}

TEST(PairLossMistakesTest, SomethingIsTrainedToCompare) {
  const auto status_of = [](const proto::Architecture& architecture) {
    return PairLoss::Create(architecture, kClasses).status();
  };
  const std::string digits_alone =
      "comparison_loss_weight: 0 auxiliary_loss_weight: 1";
  EXPECT_THAT(status_of(ParseAnalytic(digits_alone)), IsOk());
  const auto needs_more =
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("comparison_loss_weight is 0; expected more than 0"));
  EXPECT_THAT(status_of(Parse(digits_alone)), needs_more);
  EXPECT_THAT(status_of(ParseAnalytic("comparison_loss_weight: 0")),
              needs_more);
  EXPECT_THAT(status_of(ParseAnalytic(digits_alone + " comparison_loss {}")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("comparison_loss is set; expected")));
}

TEST(PairLossDeathTest, NetworkWithoutClasses) {
  const auto loss = PairLoss::Create(Parse("auxiliary_loss_weight: 1"), 3);
  const Tensor<float> logits({1, 2});
  EXPECT_DEATH((*loss)->Forward({logits, nullptr}, Tensor<int64_t>({1}),
                                Tensor<int64_t>({2})),
               "PairLoss: a network that does not classify");
}

}  // namespace
}  // namespace minidl
