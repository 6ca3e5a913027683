#include "experiments/study_plan.h"

#include <optional>
#include <string>
#include <vector>

#include "base/status_testutil.h"
#include "experiments/estimate_round.h"
#include "experiments/run_tasks.h"
#include "experiments/study.h"
#include "experiments/study_testutil.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

using ::testing::HasSubstr;

TEST(PlanTextTest, SaysAllThatIsToRun) {
  Study study = SmallStudy();
  study.message.set_description("For tests.");
  study.configurations[1].set_train_pairs(50);
  const std::vector<RoundEstimate> estimates = {{1.5, 70000}, {20, 2012}};
  const auto tasks = PlanTasks(study, std::nullopt, {});
  ASSERT_THAT(tasks, IsOk());
  EXPECT_EQ(PlanText(study, estimates, *tasks, 1),
            "study small: For tests.\n"
            "seed 5, rounds 0 to 2; in each, pairs are drawn anew from mnist, "
            "40 of them for tests\n"
            "\n"
            "architecture  branches  aux. loss  params  pairs  epochs  batch  "
            "rounds  s a round\n"
            "separate      separate          0  70,000     60       2     25  "
            "     3       1.50\n"
            "shared_aux    shared            1   2,012     50       2     25  "
            "     3      20.00\n"
            "\n"
            "6 rounds to run, about 1 min 05 s with --jobs=1. Times are "
            "estimates, from a few steps on this machine.\n");
}

TEST(PlanTextTest, ThreadsShareTheRounds) {
  const Study study = SmallStudy();
  const std::vector<RoundEstimate> estimates = {{10, 1}, {20, 1}};
  const auto about = [&](const std::vector<Task>& tasks, int jobs) {
    return PlanText(study, estimates, tasks, jobs);
  };
  // 10 and 20 and 10 on one, 20 and 20 on the other.
  const std::vector<Task> tasks = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {1, 2}};
  EXPECT_THAT(about(tasks, 2), HasSubstr("about 50 s with --jobs=2"));
  EXPECT_THAT(about(tasks, 9), HasSubstr("about 20 s with --jobs=9"));
  EXPECT_THAT(about({{1, 4}}, 2), HasSubstr("rounds 4; in each"));
  EXPECT_THAT(about({}, 2), HasSubstr("rounds none; in each"));
  EXPECT_THAT(about({}, 2), HasSubstr("\n0 rounds to run, about 0 s"));
}

}  // namespace
}  // namespace minidl
