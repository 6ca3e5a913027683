#include "experiments/study.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_replace.h"
#include "base/file.h"
#include "base/runfile.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"
#include "tensor/generator.h"

namespace minidl {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kStudy[] = R"(
  name: "small"
  architecture_files: "a.textproto"
  seed: 1
  rounds: 2
  train_pairs: 10
  test_pairs: 10
  training {
    epochs: 1
    batch_size: 5
    sgd { learning_rate: 0.1 momentum: 0.9 }
    input_normalization: NONE
  }
)";

constexpr char kArchitecture[] = R"(
  name: "a"
  branches: SHARED
  branch { flatten {} }
  branch { linear { out_features: 10 } }
  head { linear { out_features: 2 } }
  auxiliary_loss_weight: 1
)";

class StudyTest : public testing::Test {
 protected:
  StudyTest()
      : directory_(
            testing::TempDir() + "/" +
            testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    Write("study.textproto", kStudy);
    Write("a.textproto", kArchitecture);
  }

  void Write(const std::string& file, const std::string& contents) {
    ASSERT_THAT(WriteFile(directory_ + "/" + file, contents), IsOk());
  }

  absl::StatusOr<Study> Load() {
    return LoadStudy(directory_ + "/study.textproto");
  }

  // Of kStudy with more at its end.
  absl::StatusOr<Study> LoadStudyWithVariants(const std::string& variants) {
    Write("study.textproto", kStudy + variants);
    return Load();
  }

  // What loading says with `from` in the study's file replaced by `to`.
  absl::Status LoadWith(const std::string& from, const std::string& to) {
    Write("study.textproto", absl::StrReplaceAll(kStudy, {{from, to}}));
    return Load().status();
  }
  absl::Status LoadWithArchitecture(const std::string& from,
                                    const std::string& to) {
    Write("a.textproto", absl::StrReplaceAll(kArchitecture, {{from, to}}));
    return Load().status();
  }

  const std::string directory_;
};

auto IsMistake(const std::string& file, const std::string& message) {
  return StatusIs(absl::StatusCode::kInvalidArgument,
                  AllOf(HasSubstr(file), HasSubstr(message)));
}

TEST_F(StudyTest, LoadsStudyAndArchitectures) {
  const auto study = Load();
  ASSERT_THAT(study, IsOk());
  EXPECT_EQ(study->message.name(), "small");
  EXPECT_THAT(ConfigurationNames(*study), ElementsAre("a"));
}

// One of this repository's.
absl::StatusOr<Study> LoadOwnStudy(const std::string& name) {
  const auto file = FindRunfile("experiments/studies/" + name + ".textproto");
  if (!file.ok()) return file.status();
  return LoadStudy(*file);
}

// Within 5 %, that nobody may say that one has more of them.
void ExpectAboutAsManyParameters(const Study& study) {
  for (const proto::Configuration& configuration : study.configurations) {
    Generator generator(0);
    const auto network = PairNetwork::Create(
        configuration.architecture(), kDigitPairImages, {generator, generator});
    ASSERT_THAT(network, IsOk());
    const auto count =
        static_cast<double>(NumElements((*network)->Parameters()));
    EXPECT_NEAR(count, 70'906, 0.05 * 70'906)
        << configuration.architecture().name();
  }
}

TEST_F(StudyTest, DefaultStudyHasFourArchitecturesOfOneSize) {
  const auto study = LoadOwnStudy("default");
  ASSERT_THAT(study, IsOk());
  EXPECT_THAT(ConfigurationNames(*study),
              ElementsAre("convnet", "convnet_shared", "convnet_aux",
                          "convnet_shared_aux"));
  ExpectAboutAsManyParameters(*study);
}

// The default study's rounds are among its own: the same pairs, initial weights
// and training.
TEST_F(StudyTest, FullStudyHasTheDefaultOneAndNetworksOfOneSize) {
  const auto study = LoadOwnStudy("full");
  ASSERT_THAT(study, IsOk());
  ExpectAboutAsManyParameters(*study);
  auto usual = LoadOwnStudy("default");
  ASSERT_THAT(usual, IsOk());
  for (proto::Configuration& configuration : usual->configurations) {
    configuration.set_study_name("full");
    EXPECT_TRUE(
        std::any_of(study->configurations.begin(), study->configurations.end(),
                    [&](const proto::Configuration& other) {
                      return MessageDifferencer::Equals(other, configuration);
                    }))
        << configuration.architecture().name();
  }
}

TEST_F(StudyTest, MissingFilesAreNamed) {
  EXPECT_THAT(
      LoadStudy("/none.textproto"),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none.textproto")));
  EXPECT_THAT(LoadWith("a.textproto", "b.textproto"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/b.textproto")));
}

TEST_F(StudyTest, MisspeltFieldHasFileAndLine) {
  EXPECT_THAT(LoadWith("rounds", "round"),
              IsMistake("study.textproto:5:", "\"round\""));
  Write("study.textproto", kStudy);
  EXPECT_THAT(LoadWithArchitecture("linear", "lineal"),
              IsMistake("a.textproto:5:", "\"lineal\""));
}

TEST_F(StudyTest, FieldsOfTheStudyAreChecked) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes =
      {
          {{"\"small\"", "\"Small\""}, "name is \"Small\""},
          {{"\"small\"", "\"\""}, "name is \"\""},
          {{"rounds: 2", "rounds: 0"}, "rounds is 0; expected at least 1"},
          {{"rounds: 2", "rounds: 1000001"},
           "rounds is 1000001; expected at most 1000000"},
          {{"train_pairs: 10", "train_pairs: -3"}, "train_pairs is -3"},
          {{"test_pairs: 10", ""}, "test_pairs is 0"},
          {{"epochs: 1", "epochs: 0"}, "training.epochs is 0"},
          {{"epochs: 1", "epochs: 1 test_interval: -1"},
           "training.test_interval is -1"},
          {{"batch_size: 5", "batch_size: 0"}, "training.batch_size is 0"},
          {{"batch_size: 5", "batch_size: 11"},
           "training.batch_size is 11; expected at most train_pairs, 10"},
          {{"learning_rate: 0.1", "learning_rate: 0"},
           "training.sgd.learning_rate is 0"},
          {{"learning_rate: 0.1", "learning_rate: nan"},
           "training.sgd.learning_rate is nan"},
          {{"learning_rate: 0.1", "learning_rate: inf"},
           "training.sgd.learning_rate is inf"},
          {{"momentum: 0.9", "momentum: 1"}, "training.sgd.momentum is 1"},
          {{"sgd { learning_rate: 0.1 momentum: 0.9 }", ""}, "no optimizer"},
          {{"sgd { learning_rate: 0.1 momentum: 0.9 }", "adam {}"},
           "training.adam.learning_rate is 0"},
          {{"sgd { learning_rate: 0.1 momentum: 0.9 }",
            "adam { learning_rate: 1 beta2: 1 }"},
           "training.adam.beta2 is 1"},
          {{"sgd { learning_rate: 0.1 momentum: 0.9 }",
            "adam { learning_rate: 1 epsilon: -1 }"},
           "training.adam.epsilon is -1"},
          {{"input_normalization: NONE", ""}, "input_normalization is not set"},
          {{"rounds: 2", "rounds: 2 data_set: \"mnits\""},
           "data_set is mnits; expected mnist or fashion_mnist"},
          {{"architecture_files: \"a.textproto\"", ""},
           "architecture_files is empty"},
          {{"architecture_files: \"a.textproto\"",
            "architecture_files: [\"a.textproto\", \"a.textproto\"]"},
           "two architectures have the name \"a\""},
      };
  for (const auto& [change, message] : mistakes) {
    EXPECT_THAT(LoadWith(change[0], change[1]),
                IsMistake("study.textproto:", message));
  }
}

TEST_F(StudyTest, ArchitecturesAreChecked) {
  EXPECT_THAT(LoadWithArchitecture("\"a\"", "\"a b\""),
              IsMistake("a.textproto:", "name is \"a b\""));
  EXPECT_THAT(LoadWithArchitecture("weight: 1", "weight: -1"),
              IsMistake("a.textproto:", "auxiliary_loss_weight is -1"));
  EXPECT_THAT(LoadWithArchitecture("out_features: 10", "out_features: 9"),
              IsMistake("a.textproto:", "the branches give 18 features"));
  EXPECT_THAT(LoadWithArchitecture("out_features: 2", "out_features: 3"),
              IsMistake("a.textproto:", "head ends with shape [3]"));
}

// In a SHARED branch, two images of a pair are two values of a feature.
TEST_F(StudyTest, BatchesAreChecked) {
  const std::string head = "head { linear { out_features: 2 } }";
  const std::string normalized = "head { batch_norm1d {} } " + head;
  EXPECT_THAT(LoadWithArchitecture(head, normalized), IsOk());
  EXPECT_THAT(
      LoadWith("batch_size: 5", "batch_size: 1"),
      IsMistake("a.textproto:6:3: ",
                "head[0]: BatchNorm1d(20) needs more than 1 value per channel "
                "to train on, but a batch of shape [1, 20] has 1; "
                "training.batch_size is 1, choose a larger one"));
  EXPECT_THAT(
      LoadWith("batch_size: 5", "batch_size: 9"),
      IsMistake("a.textproto:6:3: ",
                "a batch of shape [1, 20] has 1; train_pairs is 10 and "
                "training.batch_size 9, which leaves the last batch of an "
                "epoch 1: change one of them"));
  EXPECT_THAT(LoadWith("batch_size: 5", "batch_size: 8"), IsOk());

  EXPECT_THAT(LoadWithArchitecture(head, "branch { batch_norm1d {} } " + head),
              IsOk());
  EXPECT_THAT(LoadWith("batch_size: 5", "batch_size: 1"), IsOk());
}

TEST_F(StudyTest, BatchesAreCheckedAfterChanges) {
  Write("a.textproto", std::string(kArchitecture) + "head { batch_norm1d {} }");
  auto study = Load();
  ASSERT_THAT(study, IsOk());
  EXPECT_THAT(ValidateStudy(*study), IsOk());
  study->configurations[0].set_train_pairs(11);
  EXPECT_THAT(ValidateStudy(*study),
              IsMistake("\"a\": architecture.head[1]: BatchNorm1d(2)",
                        "train_pairs is 11 and training.batch_size 5"));
  study->message.set_train_pairs(4);
  EXPECT_THAT(ValidateStudy(*study),
              IsMistake("training.batch_size is 5", "at most train_pairs, 4"));
}

TEST_F(StudyTest, MistakesAreLocated) {
  EXPECT_THAT(LoadWith("rounds: 2", "rounds: 0"),
              IsMistake("study.textproto:5:3: ", "rounds is 0"));
  EXPECT_THAT(LoadWith("momentum: 0.9", "momentum: 1"),
              IsMistake("study.textproto:11:30: ", "training.sgd.momentum"));
  EXPECT_THAT(LoadWith("learning_rate: 0.1", ""),
              IsMistake("study.textproto:11:5: ", "sgd.learning_rate is 0"));
  EXPECT_THAT(LoadWith("input_normalization: NONE", ""),
              IsMistake("study.textproto:8:3: ", "input_normalization"));
  EXPECT_THAT(LoadWith("test_pairs: 10", ""),
              IsMistake("study.textproto:1:1: ", "test_pairs is 0"));
  EXPECT_THAT(LoadWith("seed: 1", "architecture_files: \"a.textproto\""),
              IsMistake("study.textproto:4:3: ", "architecture_files[1]: two"));
  EXPECT_THAT(
      LoadWith("\"a.textproto\"", "\"b.textproto\""),
      StatusIs(absl::StatusCode::kNotFound,
               HasSubstr("study.textproto:3:3: architecture_files[0]: ")));
  Write("study.textproto", kStudy);
  EXPECT_THAT(
      LoadWithArchitecture("out_features: 10", "out_features: 0"),
      IsMistake("a.textproto:5:21: ", "branch[1].linear.out_features is 0"));
  EXPECT_THAT(LoadWithArchitecture("branch { flatten {} }", ""),
              IsMistake("a.textproto:5:12: ", "branch[0].linear needs inputs"));
  EXPECT_THAT(LoadWithArchitecture("out_features: 2", "out_features: 3"),
              IsMistake("a.textproto:6:3: ", "head ends with shape [3]"));
}

TEST_F(StudyTest, LossesAreChecked) {
  EXPECT_THAT(
      LoadWithArchitecture("weight: 1",
                           "weight: 1 auxiliary_loss { cross_entropy { "
                           "class_weights: [1, 2] } }"),
      IsMistake("a.textproto:",
                "auxiliary_loss.cross_entropy.class_weights has 2 numbers; "
                "expected 10, one for each class"));
  EXPECT_THAT(
      LoadWithArchitecture("weight: 1", "weight: 0 auxiliary_loss { mse {} }"),
      IsMistake("a.textproto:", "auxiliary_loss is set"));
}

TEST_F(StudyTest, VariantsFollowTheArchitectures) {
  const auto study = LoadStudyWithVariants(R"(
    variants {
      name: "long" architecture_file: "a.textproto" training { epochs: 7 }
    }
    variants {
      name: "few" architecture_file: "a.textproto" train_pairs: 5
      clear: "architecture.auxiliary_loss_weight"
    })");
  ASSERT_THAT(study, IsOk());
  EXPECT_THAT(ConfigurationNames(*study), ElementsAre("a", "long", "few"));
  EXPECT_EQ(study->configurations[0].training().epochs(), 1);
  EXPECT_EQ(study->configurations[1].training().epochs(), 7);
  EXPECT_EQ(study->configurations[1].train_pairs(), 10);
  EXPECT_EQ(study->configurations[2].training().epochs(), 1);
  EXPECT_EQ(study->configurations[2].train_pairs(), 5);
  EXPECT_EQ(study->configurations[2].architecture().auxiliary_loss_weight(), 0);
  EXPECT_EQ(study->configurations[2].architecture().branch_size(), 2);
}

TEST_F(StudyTest, VariantsAloneAreAStudy) {
  EXPECT_THAT(LoadWith("architecture_files: \"a.textproto\"",
                       "variants { name: \"v\" architecture_file: "
                       "\"a.textproto\" }"),
              IsOk());
}

TEST_F(StudyTest, VariantsAreChecked) {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"name: \"a\"",
       "15:5: variants[0].name: two architectures have the name \"a\""},
      {"name: \"v\" training {\n  epochs: -2 }",
       "16:3: variants[0].training.epochs is -2; expected at least 1 (variant "
       "\"v\")"},
      {"name: \"v\" training { batch_size: 11 }",
       "15:26: variants[0].training.batch_size is 11; expected at most "
       "train_pairs, 10"},
      // The study's.
      {"name: \"v\" train_pairs: 4",
       "14:3: variants[0].training.batch_size is 5; expected at most "
       "train_pairs, 4"},
      {"name: \"v\"\ntrain_pairs: -4", "16:1: variants[0].train_pairs is -4"},
      {"name: \"v\" clear: \"architecture.heads\"",
       "15:15: variants[0].clear[0] is \"architecture.heads\", but"},
      {"name: \"v\" clear: \"architecture.head\"",
       "variants[0].architecture.branch"},
      {"name: \"v\" architecture {\n auxiliary_loss { mse {} } } clear: "
       "\"architecture.auxiliary_loss_weight\"",
       "16:2: variants[0].architecture.auxiliary_loss is set"},
      // Merging them would change nothing.
      {"name: \"v\"\narchitecture { auxiliary_loss_weight: 0 }",
       "16:16: variants[0].architecture.auxiliary_loss_weight has the value "
       "that it has where it is not set, which changes nothing; expected "
       "clear: \"architecture.auxiliary_loss_weight\""},
      {"name: \"v\" training { sgd {\nmomentum: 0 } }",
       "16:1: variants[0].training.sgd.momentum has the value"},
  };
  for (const auto& [variant, message] : mistakes) {
    EXPECT_THAT(LoadStudyWithVariants("  variants { architecture_file: "
                                      "\"a.textproto\"\n    " +
                                      variant + " }"),
                IsMistake("study.textproto:", message));
  }
  EXPECT_THAT(LoadStudyWithVariants("variants { name: \"v\" }"),
              IsMistake("study.textproto:14:1: ",
                        "variants[0].architecture_file is not set"));
  EXPECT_THAT(
      LoadStudyWithVariants("\nvariants { name: \"v\" architecture_file: "
                            "\"none.textproto\" }"),
      StatusIs(absl::StatusCode::kNotFound,
               HasSubstr(":15:22: variants[0].architecture_file: ")));
}

TEST_F(StudyTest, ChangesAreOfAllConfigurations) {
  auto study = LoadStudyWithVariants(R"(
    variants {
      name: "long" architecture_file: "a.textproto" training { epochs: 7 }
    })");
  ASSERT_THAT(study, IsOk());
  SetSeed(9, *study);
  SetEpochs(3, *study);
  SetDataSet("fashion_mnist", *study);
  EXPECT_EQ(study->message.seed(), 9u);
  EXPECT_EQ(study->message.training().epochs(), 3);
  EXPECT_EQ(study->message.data_set(), "fashion_mnist");
  for (const proto::Configuration& configuration : study->configurations) {
    EXPECT_EQ(configuration.study_seed(), 9u);
    EXPECT_EQ(configuration.training().epochs(), 3);
    EXPECT_EQ(configuration.data_set(), "fashion_mnist");
  }
}

TEST_F(StudyTest, SelectKeepsTheNamedInTheirOrder) {
  Study study;
  for (const char* name : {"a", "b", "c"}) {
    study.configurations.emplace_back().mutable_architecture()->set_name(name);
  }
  ASSERT_THAT(SelectConfigurations({"c", "a"}, study), IsOk());
  EXPECT_THAT(ConfigurationNames(study), ElementsAre("c", "a"));
}

TEST_F(StudyTest, SelectRefusesUnknownAndRepeatedNames) {
  Study study;
  for (const char* name : {"a", "b"}) {
    study.configurations.emplace_back().mutable_architecture()->set_name(name);
  }
  EXPECT_THAT(SelectConfigurations({"A"}, study),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\"A\""), HasSubstr("a, b"))));
  EXPECT_THAT(SelectConfigurations({"a", "a"}, study),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("\"a\" is named twice")));
  EXPECT_THAT(ConfigurationNames(study), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace minidl
