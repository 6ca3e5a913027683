#include "experiments/study_settings.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/runfile.h"
#include "base/status_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class StudySettingsTest : public testing::Test {
 protected:
  StudySettingsTest() {
    const auto study = FindRunfile("experiments/studies/default.textproto");
    EXPECT_THAT(study, IsOk());
    options_.study_file = *study;
    for (const char* name :
         {"convnet_shared", "convnet", "convnet_aux", "convnet_shared_aux"}) {
      options_.architecture_files.push_back(Architecture(name));
    }
    options_.rounds = 10;
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    directory_ = absl::StrCat(testing::TempDir(), "/", info->name());
    std::filesystem::create_directory(directory_);
    options_.data_set = "mnist";
    options_.output_directory = directory_ + "/rounds";
  }

  static std::string Architecture(const std::string& name) {
    const auto path = FindRunfile(
        absl::StrCat("experiments/architectures/", name, ".textproto"));
    EXPECT_THAT(path, IsOk());
    return *path;
  }

  // The file for `name`.
  std::string Write(const std::string& name) {
    EXPECT_THAT(WriteStudySettings(options_), IsOk());
    return ReadFile(absl::StrCat(options_.output_directory, "/", name,
                                 "/configuration.textproto"))
        .value_or("nothing");
  }

  // Another study: the default one without these of its lines, and with `more`
  // before them.
  void ChangeStudy(const std::vector<std::string>& removed,
                   const std::string& more) {
    const auto text = ReadFile(options_.study_file);
    ASSERT_THAT(text, IsOk());
    options_.study_file = directory_ + "/other.textproto";
    std::string other = more + "\n";
    const std::vector<std::string> lines = absl::StrSplit(*text, '\n');
    for (const std::string& line : lines) {
      if (std::none_of(removed.begin(), removed.end(),
                       [&line](const std::string& field) {
                         return absl::StartsWith(line, field + ":");
                       })) {
        absl::StrAppend(&other, line, "\n");
      }
    }
    ASSERT_THAT(WriteFile(options_.study_file, other), IsOk());
  }

  std::string directory_;
  StudySettingsOptions options_;
};

TEST_F(StudySettingsTest, WritesAllThatRoundsDependOn) {
  EXPECT_THAT(Write("convnet_aux"),
              AllOf(HasSubstr("study_name: \"weight_sharing\"\n"),
                    HasSubstr("study_seed: 1\n"),
                    HasSubstr("  auxiliary_loss_weight: 1\n"),
                    HasSubstr("train_pairs: 1000\n"),
                    HasSubstr("data_set: \"mnist\"\n"),
                    HasSubstr("adam {\n    learning_rate: 0.01\n"),
                    Not(HasSubstr("rounds"))));
  EXPECT_THAT(Write("convnet"), Not(HasSubstr("auxiliary_loss_weight")));
}

TEST_F(StudySettingsTest, StaysTheSameWhateverTheRoundsAndOthers) {
  const std::string configuration = Write("convnet");
  ChangeStudy({"rounds", "architecture_files", "description"},
              absl::StrCat("rounds: 7 architecture_files: \"",
                           Architecture("convnet"), "\""));
  options_.architecture_files = {Architecture("convnet")};
  options_.rounds = 7;
  options_.output_directory += "2";
  EXPECT_EQ(Write("convnet"), configuration);
}

TEST_F(StudySettingsTest, VariantsHaveTheirFiles) {
  ChangeStudy(
      {"architecture_files"},
      absl::StrCat("architecture_files: \"", Architecture("convnet"),
                   "\" variants { name: \"long\" architecture_file: \"",
                   Architecture("convnet"),
                   "\" training { epochs: 50 } } variants { name: \"short\" "
                   "architecture_file: \"",
                   Architecture("convnet_aux"), "\" training { epochs: 5 } }"));
  options_.architecture_files = {Architecture("convnet")};
  options_.variants = {"short", "long"};
  options_.variant_architecture_files = {Architecture("convnet_aux")};
  EXPECT_THAT(Write("convnet"), HasSubstr("epochs: 25\n"));
  EXPECT_THAT(Write("long"), HasSubstr("epochs: 50\n"));
  EXPECT_THAT(Write("short"), HasSubstr("epochs: 5\n"));

  options_.variants = {"long", "other"};
  EXPECT_THAT(WriteStudySettings(options_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("other.textproto:1:"),
                             HasSubstr("only the study has short"),
                             HasSubstr("only the target has other"))));
  options_.variants = {"long", "short"};
  options_.variant_architecture_files.clear();
  EXPECT_THAT(WriteStudySettings(options_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("other.textproto:1:"),
                             HasSubstr("only the study has /"),
                             HasSubstr("convnet_aux.textproto"))));
}

TEST_F(StudySettingsTest, SeedCanBeReplaced) {
  options_.seed = 18446744073709551615u;
  EXPECT_THAT(Write("convnet"),
              HasSubstr("study_seed: 18446744073709551615\n"));
}

TEST_F(StudySettingsTest, OtherDataSetIsAMistake) {
  options_.data_set = "fashion_mnist";
  EXPECT_THAT(WriteStudySettings(options_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("data_set is mnist, but the Bazel target says "
                                 "fashion_mnist")));
}

TEST_F(StudySettingsTest, OtherRoundsAreAMistake) {
  options_.rounds = 12;
  EXPECT_THAT(WriteStudySettings(options_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("default.textproto:10:1: rounds is 10, but "
                                 "the Bazel target says 12")));
  options_.rounds.reset();
  EXPECT_THAT(WriteStudySettings(options_), IsOk());
}

TEST_F(StudySettingsTest, OtherArchitecturesAreAMistake) {
  const std::string missing = options_.architecture_files.back();
  const std::string other = directory_ + "/other.textproto";
  options_.architecture_files.back() = other;
  EXPECT_THAT(
      WriteStudySettings(options_),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("default.textproto:8:1: architecture_files"),
                     HasSubstr(absl::StrCat("only the study has ", missing)),
                     HasSubstr("only the target has "),
                     HasSubstr("other.textproto"))));
  EXPECT_FALSE(std::filesystem::exists(options_.output_directory));
}

TEST_F(StudySettingsTest, MistakesOfTheStudyAreFound) {
  options_.study_file = directory_ + "/bad.textproto";
  options_.architecture_files.clear();
  ASSERT_THAT(WriteFile(options_.study_file, "name: \"bad\" rounds: 0"),
              IsOk());
  EXPECT_THAT(WriteStudySettings(options_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("bad.textproto:1:13: rounds is 0")));
}

}  // namespace
}  // namespace minidl
