#include "experiments/variant.h"

#include <string>

#include "absl/status/status.h"
#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "proto/study.pb.h"

namespace minidl {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::StartsWith;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_THAT(ParseTextProto(text, "test", &message), IsOk());
  return message;
}

constexpr char kConfiguration[] = R"(
  study_name: "s"
  architecture {
    name: "file" description: "The file's."
    branches: SHARED
    branch { flatten {} }
    head { linear { out_features: 2 } }
    comparison_loss { cross_entropy { class_weights: [ 1, 2 ] } }
    auxiliary_loss_weight: 1
  }
  training {
    epochs: 25 batch_size: 50
    adam { learning_rate: 0.01 beta1: 0.8 }
    augmentation { rotation: 10 shear: 0.1 }
  }
  train_pairs: 1000
  test_pairs: 500
  data_set: "mnist")";

// What a variant of this text makes of kConfiguration.
absl::StatusOr<proto::Configuration> Apply(const std::string& variant) {
  auto configuration = Parse<proto::Configuration>(kConfiguration);
  const absl::Status status =
      ApplyVariant(Parse<proto::Variant>(variant), configuration);
  if (!status.ok()) return status;
  return configuration;
}

// kConfiguration after `change`, with the variant's name "v" alone.
proto::Configuration Expected(const std::string& architecture_and_training) {
  auto configuration = Parse<proto::Configuration>(kConfiguration);
  configuration.mutable_architecture()->set_name("v");
  configuration.mutable_architecture()->clear_description();
  const auto change = Parse<proto::Configuration>(architecture_and_training);
  configuration.MergeFrom(change);
  return configuration;
}

void ExpectSame(const absl::StatusOr<proto::Configuration>& actual,
                const proto::Configuration& expected) {
  ASSERT_THAT(actual, IsOk());
  EXPECT_TRUE(MessageDifferencer::Equals(*actual, expected))
      << actual->DebugString();
}

TEST(VariantTest, HasItsOwnNameAndDescription) {
  ExpectSame(Apply(R"(name: "v")"), Expected(""));
  ExpectSame(Apply(R"(name: "v" description: "Words.")"),
             Expected(R"(architecture { description: "Words." })"));
}

TEST(VariantTest, FieldsAreMerged) {
  ExpectSame(Apply(R"(
      name: "v" train_pairs: 30
      architecture { auxiliary_loss_weight: 3 branches: SEPARATE }
      training { batch_size: 20 adam { learning_rate: 0.1 }
                 augmentation { rotation: 5 swap_pairs: true } })"),
             Expected(R"(
      train_pairs: 30
      architecture { auxiliary_loss_weight: 3 branches: SEPARATE }
      training { batch_size: 20 adam { learning_rate: 0.1 }
                 augmentation { rotation: 5 swap_pairs: true } })"));
}

TEST(VariantTest, OneOfAnotherKindReplacesTheOther) {
  const auto result =
      Apply(R"(name: "v" training { sgd { learning_rate: 1 } })");
  ASSERT_THAT(result, IsOk());
  EXPECT_FALSE(result->training().has_adam());
  EXPECT_EQ(result->training().sgd().learning_rate(), 1);
}

TEST(VariantTest, ListsAreReplaced) {
  const auto result = Apply(R"(
      name: "v"
      architecture {
        comparison_loss { cross_entropy { class_weights: [ 3, 4 ] } } })");
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(
      result->architecture().comparison_loss().cross_entropy().class_weights(),
      testing::ElementsAre(3, 4));
}

TEST(VariantTest, ClearComesFirst) {
  auto result = Apply(R"(
      name: "v"
      clear: [ "training.augmentation", "architecture.head",
               "architecture.auxiliary_loss_weight", "training.adam.beta1" ]
      architecture { analytic_head {} }
      training { augmentation { shear: 0.2 } })");
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->training().augmentation().rotation(), 0);
  EXPECT_EQ(result->training().augmentation().shear(), 0.2);
  EXPECT_EQ(result->training().adam().beta1(), 0);
  EXPECT_EQ(result->training().adam().learning_rate(), 0.01);
  EXPECT_TRUE(result->architecture().head().empty());
  EXPECT_TRUE(result->architecture().has_analytic_head());
  EXPECT_EQ(result->architecture().auxiliary_loss_weight(), 0);

  // What is not there need not be cleared.
  result = Apply(R"(name: "v" clear: "training.sgd.momentum")");
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->training().has_adam());
}

TEST(VariantTest, MistakesNameTheField) {
  const auto expect_mistake = [](const std::string& variant,
                                 const std::string& message) {
    EXPECT_THAT(Apply(variant), StatusIs(absl::StatusCode::kInvalidArgument,
                                         StartsWith(message)));
  };
  expect_mistake("", "name is \"\"; expected lower-case letters");
  expect_mistake(R"(name: "V")", "name is \"V\"");
  expect_mistake(
      R"(name: "v" architecture { branch { relu {} } })",
      "architecture.branch is set; expected it in a file of its own");
  expect_mistake(R"(name: "v" architecture { head { relu {} } })",
                 "architecture.head is set");
  expect_mistake(R"(name: "v" architecture { name: "w" })",
                 "architecture.name is set; expected it in the variant itself");
  expect_mistake(R"(name: "v" architecture { description: "w" })",
                 "architecture.description is set");
  expect_mistake(
      R"(name: "v" clear: [ "training.adam", "training.epoch" ])",
      "clear[1] is \"training.epoch\", but there is no \"epoch\" in Training, "
      "which has epochs, batch_size, ");
  expect_mistake(R"(name: "v" clear: "training.sgd.speed")",
                 "clear[0] is \"training.sgd.speed\", but there is no "
                 "\"speed\" in SgdOptions, which has learning_rate, ");
  expect_mistake(R"(name: "v" clear: "study_seed")",
                 "clear[0] is \"study_seed\"; expected a field such as ");
  expect_mistake(R"(name: "v" clear: "")", "clear[0] is \"\"");
  expect_mistake(R"(name: "v" clear: "architecture.head.linear")",
                 "clear[0] is \"architecture.head.linear\", but head can be "
                 "cleared as a whole only");
  expect_mistake(R"(name: "v" clear: "training.epochs.x")",
                 "clear[0] is \"training.epochs.x\", but epochs can be ");
}

}  // namespace
}  // namespace minidl
