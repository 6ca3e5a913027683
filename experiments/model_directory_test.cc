#include "experiments/model_directory.h"

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/file.h"
#include "base/status_testutil.h"
#include "experiments/run_tasks.h"
#include "experiments/study.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/model_file.h"
#include "proto/model.pb.h"
#include "proto/run_record.pb.h"
#include "records/record_file_testutil.h"
#include "records/run_record_testutil.h"

namespace minidl {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class ModelDirectoryTest : public testing::Test {
 protected:
  // That task 0 leaves.
  proto::Model ModelOfRound0() const {
    proto::Model model;
    *model.mutable_architecture() = study_.configurations[0].architecture();
    return model;
  }

  const Study study_ = SmallStudy();
  const std::vector<Task> tasks_ = {{0, 0}, {0, 1}};
  const std::string path_ = TestFile("models");
};

TEST_F(ModelDirectoryTest, IsMadeAndWritten) {
  ModelDirectory directory(path_, /*resume=*/false);
  ASSERT_THAT(directory.Prepare(study_, tasks_), IsOk());
  ASSERT_THAT(directory.Write(ModelOfRound0()), IsOk());
  const std::string file =
      ModelPath(path_, study_.configurations[0].architecture().name(), 0);
  EXPECT_THAT(file, EndsWith("/models/" +
                             study_.configurations[0].architecture().name() +
                             "-0.model"));
  EXPECT_THAT(ReadModelFile(file), IsOk());
  // It is not empty.
  directory.RemoveIfMadeAndEmpty();
  EXPECT_THAT(ReadModelFile(file), IsOk());
}

TEST_F(ModelDirectoryTest, ModelsAreReplacedOnlyToResume) {
  ModelDirectory first(path_, /*resume=*/false);
  ASSERT_THAT(first.Prepare(study_, tasks_), IsOk());
  ASSERT_THAT(first.Write(ModelOfRound0()), IsOk());

  ModelDirectory again(path_, /*resume=*/false);
  EXPECT_THAT(again.Prepare(study_, tasks_),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("-0.model exists; name another --models")));
  // Other rounds are not in its way.
  EXPECT_THAT(again.Prepare(study_, {{0, 1}}), IsOk());
  EXPECT_THAT(
      again.Write(ModelOfRound0()),
      StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("-0.model")));

  ModelDirectory resumed(path_, /*resume=*/true);
  EXPECT_THAT(resumed.Prepare(study_, tasks_), IsOk());
  EXPECT_THAT(resumed.Write(ModelOfRound0()), IsOk());
}

TEST_F(ModelDirectoryTest, EmptyOnesDoNotStay) {
  ModelDirectory made(path_, /*resume=*/false);
  ASSERT_THAT(made.Prepare(study_, tasks_), IsOk());
  // It was there before.
  ModelDirectory found(path_, /*resume=*/false);
  ASSERT_THAT(found.Prepare(study_, tasks_), IsOk());
  found.RemoveIfMadeAndEmpty();
  EXPECT_TRUE(std::filesystem::exists(path_));
  made.RemoveIfMadeAndEmpty();
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(ModelDirectoryTest, WhatIsNoDirectoryIsRefused) {
  ASSERT_THAT(WriteFile(path_, "a file"), IsOk());
  EXPECT_THAT(ModelDirectory(path_, false).Prepare(study_, tasks_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("/models is not a directory")));
  EXPECT_THAT(ModelDirectory("/none/models", false).Prepare(study_, tasks_),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("/none/models: cannot make: ")));
}

TEST_F(ModelDirectoryTest, MissingModelsAreCounted) {
  const std::vector<proto::RunRecord> records = {
      FinishedRecord("a", 0), FinishedRecord("a", 1), DivergedRecord("a", 2),
      InterruptedRecord("a", 3)};
  ModelDirectory directory(path_, /*resume=*/true);
  ASSERT_THAT(directory.Prepare(study_, tasks_), IsOk());
  EXPECT_EQ(directory.CountMissing(records), 2);
  ASSERT_THAT(WriteFile(ModelPath(path_, "a", 1), ""), IsOk());
  EXPECT_EQ(directory.CountMissing(records), 1);
}

TEST_F(ModelDirectoryTest, NoneIsNothing) {
  ModelDirectory none("", /*resume=*/false);
  EXPECT_THAT(none.Prepare(study_, tasks_), IsOk());
  EXPECT_EQ(none.CountMissing({FinishedRecord("a", 0)}), 0);
}

}  // namespace
}  // namespace minidl
