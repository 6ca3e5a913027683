#include "experiments/estimate_round.h"

#include "base/status_testutil.h"
#include "experiments/study_testutil.h"
#include "gtest/gtest.h"
#include "proto/study.pb.h"

namespace minidl {
namespace {

// 20,000 steps, of which a few are timed.
proto::Configuration LongConfiguration() {
  proto::Configuration configuration = SmallStudy().configurations[1];
  configuration.set_train_pairs(500);
  configuration.mutable_training()->set_epochs(1000);
  return configuration;
}

TEST(EstimateRoundTest, GrowsWithTheSteps) {
  proto::Configuration configuration = LongConfiguration();
  const auto estimate = EstimateRound(SharedMnist(), configuration);
  ASSERT_THAT(estimate, IsOk());
  EXPECT_GT(estimate->seconds, 0);
  EXPECT_EQ(estimate->parameter_count, 2012);
  // A hundred times as long, or about: 1.2 % of it is the same for both.
  configuration.mutable_training()->set_epochs(100'000);
  const auto longer = EstimateRound(SharedMnist(), configuration);
  ASSERT_THAT(longer, IsOk());
  EXPECT_GT(longer->seconds, 10 * estimate->seconds);
}

// What is not timed may neither fail nor count: a schedule that a few epochs
// could not have, and sets smaller than what would be timed.
TEST(EstimateRoundTest, TakesAllThatIsValid) {
  proto::Configuration configuration = SmallStudy().configurations[0];
  proto::Training& training = *configuration.mutable_training();
  training.set_warm_up_epochs(training.epochs() - 1);
  training.set_test_interval(1);
  configuration.set_train_pairs(training.batch_size());
  configuration.set_test_pairs(1);
  const auto estimate = EstimateRound(SharedMnist(), configuration);
  ASSERT_THAT(estimate, IsOk());
  EXPECT_GE(estimate->seconds, 0);
}

}  // namespace
}  // namespace minidl
