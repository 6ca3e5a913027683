#include "nn/schedule.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace minidl {
namespace {

// Printed by PyTorch 1.13:
//
//   s = torch.optim.lr_scheduler.OneCycleLR(
//       optimizer, 3e-3, total_steps=n, cycle_momentum=False)
//
// and optimizer.param_groups[0]["lr"] before each step.
TEST(ScheduleTest, OneCycleIsPyTorchs) {
  const std::vector<double> ten = {0.00011999999999999988,
                                   0.00156,
                                   0.003,
                                   0.002851453896040421,
                                   0.0024352369618492894,
                                   0.0018337860658088677,
                                   0.0011662259341911321,
                                   0.0005647750381507109,
                                   0.00014855810395957884,
                                   1.2e-08};
  for (int64_t step = 0; step < 10; ++step) {
    EXPECT_NEAR(OneCycleLearningRate(3e-3, step, 10), ten[step], 1e-15) << step;
  }
  const std::vector<std::pair<int64_t, double>> of_250 = {
      {0, 0.00011999999999999988},
      {1, 0.00012129748866525824},
      {50, 0.0023150024883224134},
      {73, 0.0029987025113347413},
      {74, 0.003},
      {75, 0.00299975830286038},
      {200, 0.0005438738399209038},
      {248, 2.5369713962029874e-07},
      {249, 1.2e-08}};
  for (const auto& [step, rate] : of_250) {
    EXPECT_NEAR(OneCycleLearningRate(3e-3, step, 250), rate, 1e-15) << step;
  }
}

TEST(ScheduleTest, FewStepsStayBetweenTheEnds) {
  for (int64_t total = 1; total < 8; ++total) {
    for (int64_t step = 0; step < total; ++step) {
      const double rate = OneCycleLearningRate(1, step, total);
      EXPECT_GE(rate, 0.99 / 250'000) << step << " of " << total;
      EXPECT_LE(rate, 1) << step << " of " << total;
    }
  }
}

// By PyTorch 1.13, the learning rates before ten steps, with a rate of 0.3 and
// CosineAnnealingLR(optimizer, 10).
TEST(ScheduleTest, CosineIsPyTorchs) {
  const std::vector<double> ten = {0.3,
                                   0.29265847744427304,
                                   0.2713525491562421,
                                   0.23816778784387094,
                                   0.1963525491562421,
                                   0.15,
                                   0.1036474508437579,
                                   0.06183221215612905,
                                   0.028647450843757902,
                                   0.007341522555726971};
  for (int64_t step = 0; step < 10; ++step) {
    EXPECT_NEAR(CosineLearningRate(0.3, step, 10), ten[step], 1e-15) << step;
  }
}

// By PyTorch 1.13, likewise with StepLR(optimizer, 4, gamma=0.1).
TEST(ScheduleTest, StepIsPyTorchs) {
  const std::vector<double> ten = {0.3,  0.3,  0.3,  0.3,   0.03,
                                   0.03, 0.03, 0.03, 0.003, 0.003};
  for (int64_t step = 0; step < 10; ++step) {
    EXPECT_NEAR(StepLearningRate(0.3, 0.1, step, 4), ten[step], 1e-15) << step;
  }
}

// By PyTorch 1.13, likewise with LinearLR(optimizer, start_factor=1 / 4,
// total_iters=3).
TEST(ScheduleTest, WarmUpIsPyTorchs) {
  const std::vector<double> four = {0.075, 0.15, 0.22499999999999998,
                                    0.29999999999999993};
  for (int64_t step = 0; step < 4; ++step) {
    EXPECT_NEAR(WarmUpLearningRate(0.3, step, 4), four[step], 1e-15) << step;
  }
  EXPECT_EQ(WarmUpLearningRate(0.3, 3, 4), 0.3) << "rounded";
}

TEST(ScheduleDeathTest, StepsThatThereAreNot) {
  EXPECT_DEATH(OneCycleLearningRate(1, 10, 10), "step 10 of 10");
  EXPECT_DEATH(OneCycleLearningRate(1, -1, 10), "step -1 of 10");
  EXPECT_DEATH(CosineLearningRate(1, 10, 10), "step 10 of 10");
  EXPECT_DEATH(StepLearningRate(1, 0.1, -1, 10), "step -1 in intervals of 10");
  EXPECT_DEATH(StepLearningRate(1, 0.1, 1, 0), "step 1 in intervals of 0");
  EXPECT_DEATH(WarmUpLearningRate(1, 10, 10), "step 10 of 10");
}

}  // namespace
}  // namespace minidl
