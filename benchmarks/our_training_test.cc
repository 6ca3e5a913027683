#include "benchmarks/our_training.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status_testutil.h"
#include "benchmarks/training_result.h"
#include "benchmarks/workloads.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace minidl {
namespace {

Workload Load(const std::string& name) {
  WorkloadOptions options;
  options.epochs = 3;
  options.images = 512;
  absl::StatusOr<Workload> workload = LoadWorkload(name, options);
  EXPECT_THAT(workload, IsOk());
  return *std::move(workload);
}

TEST(OurTrainingTest, LowersTheLoss) {
  for (const char* const name :
       {"w1", "w2", "w1_digits", "w3_batch1", "w3_batch100", "w4"}) {
    const std::vector<double> losses = TrainOurs(Load(name)).losses;
    ASSERT_EQ(losses.size(), 3u) << name;
    EXPECT_LT(losses[2], losses[0]) << name;
    EXPECT_GT(losses[2], 0) << name;
  }
}

TEST(OurTrainingTest, IsTheSameAloneAndBesideOthers) {
  Workload lenet = Load("lenet");
  const std::vector<double> losses = TrainOurs(lenet).losses;
  ASSERT_EQ(losses.size(), 3u);
  EXPECT_LT(losses[2], losses[0]);
  lenet.threads = 2;
  EXPECT_EQ(TrainOurs(lenet).losses, losses);
}

}  // namespace
}  // namespace minidl
