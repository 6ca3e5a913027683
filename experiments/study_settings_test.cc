#include "experiments/study_settings.h"

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
    options_.output = directory_ + "/settings.textproto";
  }

  static std::string Architecture(const std::string& name) {
    const auto path = FindRunfile(
        absl::StrCat("experiments/architectures/", name, ".textproto"));
    EXPECT_THAT(path, IsOk());
    return *path;
  }

  std::string Write() {
    EXPECT_THAT(WriteStudySettings(options_), IsOk());
    return ReadFile(options_.output).value_or("nothing");
  }

  std::string directory_;
  StudySettingsOptions options_;
};

TEST_F(StudySettingsTest, KeepsWhatRoundsDependOn) {
  EXPECT_THAT(Write(),
              AllOf(HasSubstr("name: \"weight_sharing\"\nseed: 1\n"),
                    HasSubstr("train_pairs: 1000\n"),
                    HasSubstr("adam {\n    learning_rate: 0.01\n"),
                    Not(HasSubstr("description")), Not(HasSubstr("rounds")),
                    Not(HasSubstr("architecture"))));
}

TEST_F(StudySettingsTest, StaysTheSameWhateverTheRoundsAndArchitectures) {
  const std::string settings = Write();
  const auto text = ReadFile(options_.study_file);
  ASSERT_THAT(text, IsOk());
  options_.study_file = directory_ + "/other.textproto";
  options_.architecture_files = {Architecture("convnet")};
  options_.rounds = 7;
  const std::vector<std::string> lines = absl::StrSplit(*text, '\n');
  std::string other = absl::StrCat("rounds: 7 architecture_files: \"",
                                   Architecture("convnet"), "\"\n");
  for (const std::string& line : lines) {
    if (absl::StartsWith(line, "rounds:") ||
        absl::StartsWith(line, "architecture_files:") ||
        absl::StartsWith(line, "description:")) {
      continue;
    }
    absl::StrAppend(&other, line, "\n");
  }
  ASSERT_THAT(WriteFile(options_.study_file, other), IsOk());
  EXPECT_EQ(Write(), settings);
}

TEST_F(StudySettingsTest, SeedCanBeReplaced) {
  options_.seed = 18446744073709551615u;
  EXPECT_THAT(Write(), HasSubstr("seed: 18446744073709551615\n"));
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
  EXPECT_FALSE(std::filesystem::exists(options_.output));
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
