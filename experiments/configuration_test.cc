#include "experiments/configuration.h"

#include <string>

#include "absl/status/status.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"
#include "records/record_file_testutil.h"

namespace minidl {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Any one that is valid.
proto::Configuration GoodConfiguration() {
  return SmallStudy().configurations[1];
}

TEST(ConfigurationTest, IsWhatAStudySays) {
  proto::Study study = SmallStudy().message;
  proto::Configuration configuration =
      MakeConfiguration(study, GoodConfiguration().architecture());
  EXPECT_EQ(configuration.study_name(), "small");
  EXPECT_EQ(configuration.study_seed(), 5u);
  EXPECT_EQ(configuration.architecture().name(), "shared_aux");
  EXPECT_EQ(configuration.training().batch_size(), 25);
  EXPECT_EQ(configuration.train_pairs(), 60);
  EXPECT_EQ(configuration.test_pairs(), 40);
  EXPECT_EQ(configuration.data_set(), "mnist");
  study.set_data_set("fashion_mnist");
  configuration = MakeConfiguration(study, configuration.architecture());
  EXPECT_EQ(configuration.data_set(), "fashion_mnist");
}

TEST(ConfigurationTest, RecordsKeepAllOfIt) {
  proto::Configuration configuration = GoodConfiguration();
  configuration.set_data_set("fashion_mnist");
  // No field is left out of this test.
  for (int i = 0; i < proto::Configuration::descriptor()->field_count(); ++i) {
    ASSERT_TRUE(configuration.GetReflection()->HasField(
        configuration, proto::Configuration::descriptor()->field(i)));
  }
  proto::RunRecord record;
  SetConfiguration(configuration, record);
  EXPECT_TRUE(
      MessageDifferencer::Equals(ConfigurationOf(record), configuration));
  record.clear_data_set();
  EXPECT_EQ(ConfigurationOf(record).data_set(), "mnist");
}

TEST(ConfigurationTest, MistakesNameTheField) {
  EXPECT_THAT(ValidateConfiguration(GoodConfiguration()), IsOk());
  const auto expect_mistake = [](auto change, const std::string& message) {
    proto::Configuration configuration = GoodConfiguration();
    change(configuration);
    EXPECT_THAT(
        ValidateConfiguration(configuration),
        StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(message)));
  };
  using C = proto::Configuration;
  expect_mistake([](C& c) { c.clear_study_name(); }, "study_name is \"\"");
  expect_mistake([](C& c) { c.set_train_pairs(-1); }, "train_pairs is -1");
  expect_mistake([](C& c) { c.set_test_pairs(0); }, "test_pairs is 0");
  expect_mistake([](C& c) { c.set_data_set("MNIST"); },
                 "data_set is MNIST; expected ");
  expect_mistake([](C& c) { c.mutable_training()->set_epochs(0); },
                 "training.epochs is 0");
  expect_mistake([](C& c) { c.set_train_pairs(24); },
                 "training.batch_size is 25; expected at most train_pairs, 24");
  expect_mistake(
      [](C& c) { c.mutable_architecture()->set_auxiliary_loss_weight(-1); },
      "architecture.auxiliary_loss_weight is -1");
  expect_mistake(
      [](C& c) {
        c.mutable_architecture()->add_head()->mutable_batch_norm1d();
        c.set_train_pairs(51);
      },
      "architecture.head[1]: BatchNorm1d(2) needs more than 1 value");
}

// Which not every machine has; no more is asked for before the error.
TEST(ConfigurationTest, TooMuchMemoryIsRefused) {
  proto::Architecture architecture = GoodConfiguration().architecture();
  architecture.clear_auxiliary_loss_weight();
  // Of 196 inputs, and of those of both images.
  architecture.mutable_branch(2)->mutable_linear()->set_out_features(65536);
  architecture.mutable_head(0)->mutable_linear()->set_out_features(512);
  EXPECT_THAT(
      ValidateArchitecture(architecture),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "head[0].linear: the weight has shape [512, 131072]; expected "
               "at most 54263808 elements, which other weights leave"));

  proto::Configuration configuration = GoodConfiguration();
  configuration.mutable_architecture()->clear_branch();
  ASSERT_TRUE(google::protobuf::TextFormat::MergeFromString(
      R"pb(branch { conv2d { out_channels: 60000 kernel_size: 1 } }
           branch { max_pool2d { kernel_size: 14 } }
           branch { flatten {} }
           branch { linear { out_features: 10 } })pb",
      configuration.mutable_architecture()));
  EXPECT_THAT(ValidateArchitecture(configuration.architecture()), IsOk());
  EXPECT_THAT(
      ValidateConfiguration(configuration),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("numbers for a pair, and there are batches of 100 "
                         "pairs; expected at most 1073741824 numbers for a "
                         "batch: choose smaller layers or a smaller "
                         "training.batch_size")));
}

TEST(ConfigurationTest, IsReadWithLocations) {
  const std::string path = TestFile("configuration.textproto");
  proto::Configuration configuration = GoodConfiguration();
  std::string text;
  ASSERT_TRUE(
      google::protobuf::TextFormat::PrintToString(configuration, &text));
  ASSERT_THAT(WriteFile(path, text), IsOk());
  const auto read = ReadConfiguration(path);
  ASSERT_THAT(read, IsOk());
  EXPECT_TRUE(MessageDifferencer::Equals(*read, configuration));

  ASSERT_THAT(WriteFile(path, "\ntest_pairs: 3 " + text), IsOk());
  EXPECT_THAT(ReadConfiguration(path),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(path)));
  ASSERT_THAT(WriteFile(path, "train_pairs: 7\n test_pairs: -3"), IsOk());
  EXPECT_THAT(ReadConfiguration(path),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(path + ":1:1: study_name is \"\"")));
}

}  // namespace
}  // namespace minidl
