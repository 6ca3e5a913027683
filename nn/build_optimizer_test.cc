#include "nn/build_optimizer.h"

#include <memory>

#include "gtest/gtest.h"
#include "nn/optimizer.h"
#include "nn/parameter.h"
#include "nn/schedule.h"
#include "proto/study.pb.h"
#include "tensor/shape.h"

namespace minidl {
namespace {

// What two steps with gradient 1 make of a parameter that is 0.
float AfterTwoSteps(Optimizer& optimizer, Parameter& parameter) {
  parameter.gradient.Fill(1);
  optimizer.Step();
  optimizer.Step();
  return parameter.value(0);
}

// Builds the optimizer that `training` names, and takes two steps with it.
float AfterTwoSteps(const proto::Training& training) {
  Parameter parameter{Shape({1})};
  return AfterTwoSteps(*BuildOptimizer(training, {{"weight", &parameter}}),
                       parameter);
}

TEST(BuildOptimizerTest, SgdHasItsOptions) {
  proto::Training training;
  training.mutable_sgd()->set_learning_rate(0.25);
  EXPECT_FLOAT_EQ(AfterTwoSteps(training), -0.5);
  training.mutable_sgd()->set_momentum(0.5);
  // Velocities 1 and 1.5.
  EXPECT_FLOAT_EQ(AfterTwoSteps(training), -0.625);
}

TEST(BuildOptimizerTest, AdamHasItsOptionsAndPyTorchsDefaults) {
  proto::Training training;
  proto::AdamOptions& adam = *training.mutable_adam();
  adam.set_learning_rate(0.125);
  // With a constant gradient every step is the learning rate, but for epsilon.
  EXPECT_FLOAT_EQ(AfterTwoSteps(training), -0.25);
  adam.set_epsilon(1);
  EXPECT_FLOAT_EQ(AfterTwoSteps(training), -0.125);
  adam.set_epsilon(0);

  // The default betas are those of Adam::Options; others make a difference for
  // gradients that change.
  const auto after_change = [&training] {
    Parameter parameter{Shape({1})};
    const std::unique_ptr<Optimizer> optimizer =
        BuildOptimizer(training, {{"weight", &parameter}});
    for (const float gradient : {1.0f, -3.0f}) {
      parameter.gradient.Fill(gradient);
      optimizer->Step();
    }
    return parameter.value(0);
  };
  const float defaults = after_change();
  adam.set_beta1(0.9);
  adam.set_beta2(0.999);
  EXPECT_EQ(after_change(), defaults);
  adam.set_beta1(0.5);
  EXPECT_NE(after_change(), defaults);
  adam.set_beta1(0.9);
  adam.set_beta2(0.5);
  EXPECT_NE(after_change(), defaults);
}

TEST(BuildOptimizerTest, LearningRateFollowsTheSchedule) {
  proto::Training training;
  training.mutable_sgd()->set_learning_rate(0.3);
  EXPECT_EQ(LearningRate(training, 5, 10), 0.3);
  training.set_schedule(proto::Training::CONSTANT);
  EXPECT_EQ(LearningRate(training, 5, 10), 0.3);
  training.set_schedule(proto::Training::ONE_CYCLE);
  EXPECT_EQ(LearningRate(training, 5, 10), OneCycleLearningRate(0.3, 5, 10));
  training.mutable_adam()->set_learning_rate(0.7);
  EXPECT_EQ(LearningRate(training, 5, 10), OneCycleLearningRate(0.7, 5, 10));
}

TEST(BuildOptimizerDeathTest, NoOptimizer) {
  EXPECT_DEATH(BuildOptimizer(proto::Training(), {}), "no optimizer");
}

}  // namespace
}  // namespace minidl
