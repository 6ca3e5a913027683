#include "nn/build_optimizer.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status_testutil.h"
#include "base/text_proto.h"
#include "gtest/gtest.h"
#include "nn/optimizer.h"
#include "nn/parameter.h"
#include "nn/schedule.h"
#include "proto/study.pb.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

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

proto::Training Parse(const std::string& text) {
  proto::Training training;
  EXPECT_THAT(ParseTextProto(text, "test", &training), IsOk());
  return training;
}

// What four steps with changing gradients make of a parameter.
float AfterChange(Optimizer& optimizer, Parameter& parameter) {
  parameter.value.Fill(1);
  for (const float gradient : {1.0f, -3.0f, 0.5f, 2.0f}) {
    parameter.gradient.Fill(gradient);
    optimizer.Step();
  }
  return parameter.value(0);
}
template <typename T>
float AfterChange(const typename T::Options& options) {
  Parameter parameter{Shape({1})};
  T optimizer({{"weight", &parameter}}, options);
  return AfterChange(optimizer, parameter);
}
float AfterChange(const std::string& text) {
  Parameter parameter{Shape({1})};
  return AfterChange(*BuildOptimizer(Parse(text), {{"weight", &parameter}}),
                     parameter);
}

TEST(BuildOptimizerTest, EveryFieldReachesItsOption) {
  SGD::Options sgd = {0.1, 0.9, 0.2, true, 0};
  EXPECT_EQ(AfterChange("sgd { learning_rate: 0.1 momentum: 0.9 "
                        "weight_decay: 0.2 nesterov: true }"),
            AfterChange<SGD>(sgd));
  sgd = {0.1, 0.9, 0.2, false, 0.3};
  EXPECT_EQ(AfterChange("sgd { learning_rate: 0.1 momentum: 0.9 "
                        "weight_decay: 0.2 dampening: 0.3 }"),
            AfterChange<SGD>(sgd));

  EXPECT_EQ(AfterChange("adam { learning_rate: 0.1 beta1: 0.5 beta2: 0.6 "
                        "epsilon: 0.3 weight_decay: 0.2 }"),
            AfterChange<Adam>({0.1, 0.5, 0.6, 0.3, 0.2}));

  AdamW::Options adamw;
  adamw.learning_rate = 0.1;
  EXPECT_EQ(AfterChange("adamw { learning_rate: 0.1 }"),
            AfterChange<AdamW>(adamw));
  adamw.beta1 = 0.5;
  adamw.beta2 = 0.6;
  adamw.epsilon = 0.3;
  adamw.weight_decay = 0;
  EXPECT_EQ(AfterChange("adamw { learning_rate: 0.1 beta1: 0.5 beta2: 0.6 "
                        "epsilon: 0.3 weight_decay: 0 }"),
            AfterChange<AdamW>(adamw));

  RMSprop::Options rmsprop;
  rmsprop.learning_rate = 0.1;
  EXPECT_EQ(AfterChange("rmsprop { learning_rate: 0.1 }"),
            AfterChange<RMSprop>(rmsprop));
  rmsprop = {0.1, 0.5, 0.3, 0.6, 0.2, true};
  EXPECT_EQ(AfterChange("rmsprop { learning_rate: 0.1 alpha: 0.5 epsilon: 0.3 "
                        "momentum: 0.6 weight_decay: 0.2 centered: true }"),
            AfterChange<RMSprop>(rmsprop));
}

// Of ten epochs of three steps.
std::vector<double> LearningRates(const std::string& text) {
  proto::Training training = Parse(text);
  training.set_epochs(10);
  std::vector<double> rates;
  for (int64_t step = 0; step < 30; ++step) {
    rates.push_back(LearningRate(training, step, 30));
  }
  return rates;
}

TEST(BuildOptimizerTest, LearningRatesAreEveryOptimizers) {
  for (const char* optimizer : {"sgd", "adam", "adamw", "rmsprop"}) {
    EXPECT_EQ(LearningRates(std::string(optimizer) + " { learning_rate: 0.3 }"),
              std::vector<double>(30, 0.3));
  }
}

TEST(BuildOptimizerTest, LearningRatesFollowTheSchedule) {
  const std::string sgd = "sgd { learning_rate: 0.3 } ";
  const auto constant = LearningRates(sgd + "schedule: CONSTANT");
  const auto one_cycle = LearningRates(sgd + "schedule: ONE_CYCLE");
  const auto cosine = LearningRates(sgd + "schedule: COSINE");
  const auto step = LearningRates(
      sgd + "schedule: STEP step_decay { epochs: 4 factor: 0.1 }");
  for (int64_t i = 0; i < 30; ++i) {
    const auto n = static_cast<size_t>(i);
    EXPECT_EQ(constant[n], 0.3);
    EXPECT_EQ(one_cycle[n], OneCycleLearningRate(0.3, i, 30));
    EXPECT_EQ(cosine[n], CosineLearningRate(0.3, i, 30));
    EXPECT_DOUBLE_EQ(step[n], i < 12 ? 0.3 : i < 24 ? 0.03 : 0.003);
  }
}

// As torch.optim.lr_scheduler.SequentialLR of LinearLR and the schedule.
TEST(BuildOptimizerTest, ScheduleIsThatOfTheEpochsAfterTheWarmUp) {
  const std::string sgd = "sgd { learning_rate: 0.3 } warm_up_epochs: 2 ";
  const auto constant = LearningRates(sgd);
  const auto cosine = LearningRates(sgd + "schedule: COSINE");
  const auto step = LearningRates(
      sgd + "schedule: STEP step_decay { epochs: 4 factor: 0.1 }");
  for (int64_t i = 0; i < 6; ++i) {
    const auto n = static_cast<size_t>(i);
    EXPECT_DOUBLE_EQ(constant[n], 0.05 * static_cast<double>(i + 1));
    EXPECT_EQ(cosine[n], constant[n]);
    EXPECT_EQ(step[n], constant[n]);
  }
  for (int64_t i = 6; i < 30; ++i) {
    const auto n = static_cast<size_t>(i);
    EXPECT_EQ(constant[n], 0.3);
    EXPECT_EQ(cosine[n], CosineLearningRate(0.3, i - 6, 24));
    EXPECT_DOUBLE_EQ(step[n], i < 18 ? 0.3 : 0.03);
  }
}

TEST(BuildOptimizerDeathTest, StepsThatAreNoWholeEpochs) {
  EXPECT_DEATH(LearningRate(Parse("epochs: 4 adam { learning_rate: 1 }"), 0, 9),
               "9 steps in 4 epochs");
}

TEST(BuildOptimizerDeathTest, NoOptimizer) {
  EXPECT_DEATH(LearningRate(proto::Training(), 0, 1), "no optimizer");
  EXPECT_DEATH(BuildOptimizer(proto::Training(), {}), "no optimizer");
}

}  // namespace
}  // namespace minidl
