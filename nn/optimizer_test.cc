#include "nn/optimizer.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nn/parameter.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

// The parameters [1, 2] and [3], with gradients [10, 20] and [-30].
class OptimizerTest : public testing::Test {
 protected:
  OptimizerTest() {
    first_.value = Tensor<float>({2}, {1, 2});
    first_.gradient = Tensor<float>({2}, {10, 20});
    second_.value = Tensor<float>({1}, {3});
    second_.gradient = Tensor<float>({1}, {-30});
  }
  std::vector<NamedParameter> Parameters() {
    return {{"first", &first_}, {"second", &second_}};
  }
  std::vector<float> Values() const {
    return {first_.value(0), first_.value(1), second_.value(0)};
  }

  Parameter first_{{2}};
  Parameter second_{{1}};
};

TEST_F(OptimizerTest, SgdSteps) {
  SGD::Options options;
  options.learning_rate = 0.25;
  SGD sgd(Parameters(), options);
  sgd.Step();
  EXPECT_THAT(Values(), ElementsAre(-1.5, -3, 10.5));
  sgd.Step();
  EXPECT_THAT(Values(), ElementsAre(-4, -8, 18));
  EXPECT_THAT(first_.gradient.values(), ElementsAre(10, 20)) << "changed";
}

TEST_F(OptimizerTest, MomentumGathersVelocity) {
  SGD::Options options;
  options.learning_rate = 0.25;
  options.momentum = 0.5;
  SGD sgd(Parameters(), options);
  // Velocities of 1, 1 + 1/2 and 1 + 1/2 + 1/4 gradients.
  sgd.Step();
  EXPECT_THAT(Values(), ElementsAre(-1.5, -3, 10.5));
  sgd.Step();
  EXPECT_THAT(Values(), ElementsAre(-5.25, -10.5, 21.75));
  sgd.Step();
  EXPECT_THAT(Values(), ElementsAre(-9.625, -19.25, 34.875));
}

TEST_F(OptimizerTest, AdamFollowsTheAlgorithm) {
  Adam::Options options;
  options.learning_rate = 0.01;
  Adam adam(Parameters(), options);
  const double gradients[] = {10, 20, -30};
  double expected[] = {1, 2, 3};
  double m[3] = {};
  double v[3] = {};
  for (int t = 1; t <= 50; ++t) {
    // The gradients change, so that both moments matter.
    const double scale = std::cos(t);
    for (int i = 0; i < 3; ++i) {
      const double g = static_cast<float>(gradients[i] * scale);
      (i < 2 ? first_.gradient(i) : second_.gradient(0)) =
          static_cast<float>(g);
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.999 * v[i] + 0.001 * g * g;
      expected[i] -= 0.01 * (m[i] / (1 - std::pow(0.9, t))) /
                     (std::sqrt(v[i] / (1 - std::pow(0.999, t))) + 1e-8);
    }
    adam.Step();
    for (size_t i = 0; i < 3; ++i) {
      // A rounding of the parameter, up to 4, in each step.
      ASSERT_NEAR(Values()[i], expected[i], t * 4 * 0x1p-23) << "step " << t;
    }
  }
}

TEST_F(OptimizerTest, AdamsFirstStepIsTheLearningRate) {
  Adam adam(Parameters(), {});
  adam.Step();
  EXPECT_FLOAT_EQ(Values()[0], 1 - 1e-3f);
  EXPECT_FLOAT_EQ(Values()[1], 2 - 1e-3f);
  EXPECT_FLOAT_EQ(Values()[2], 3 + 1e-3f);
}

TEST_F(OptimizerTest, AdamOptionsMatter) {
  const auto after_two_steps = [&](const Adam::Options& options) {
    first_.value(0) = 1;
    Adam adam({{"first", &first_}}, options);
    first_.gradient(0) = 1;
    adam.Step();
    first_.gradient(0) = -2;
    adam.Step();
    return first_.value(0);
  };
  const float base = after_two_steps({});
  EXPECT_NE(after_two_steps({0.1, 0.9, 0.999, 1e-8}), base);
  EXPECT_NE(after_two_steps({1e-3, 0.5, 0.999, 1e-8}), base);
  EXPECT_NE(after_two_steps({1e-3, 0.9, 0.5, 1e-8}), base);
  EXPECT_NE(after_two_steps({1e-3, 0.9, 0.999, 1}), base);
}

TEST_F(OptimizerTest, ZeroGradients) {
  SGD sgd(Parameters(), {});
  sgd.ZeroGradients();
  EXPECT_THAT(first_.gradient.values(), Each(0));
  EXPECT_THAT(second_.gradient.values(), Each(0));
  sgd.Step();
  EXPECT_THAT(Values(), ElementsAre(1, 2, 3));
}

// What 20 steps make of w = [1, -2, 3] with the gradient w - [5, 0, -1], in
// double precision by PyTorch 1.13: with optimizer = torch.optim.SGD([w],
// lr=0.1, weight_decay=0.2) and so on, 20 times
//
//   optimizer.zero_grad()
//   (((w - c) ** 2).sum() / 2).backward()
//   optimizer.step()
class OptimizersTest : public testing::Test {
 protected:
  template <typename Optimizer>
  static void ExpectEnd(const typename Optimizer::Options& options,
                        const std::vector<double>& expected) {
    Parameter w({3});
    w.value = Tensor<float>({3}, {1, -2, 3});
    Optimizer optimizer({{"w", &w}}, options);
    for (int step = 0; step < 20; ++step) {
      for (int i = 0; i < 3; ++i) {
        constexpr float kMinimum[] = {5, 0, -1};
        w.gradient(i) = w.value(i) - kMinimum[i];
      }
      optimizer.Step();
    }
    EXPECT_EQ(optimizer.num_steps(), 20);
    for (size_t i = 0; i < 3; ++i) {
      // In each step some roundings of numbers up to 8.
      EXPECT_NEAR(w.value(static_cast<int64_t>(i)), expected[i],
                  20 * 2 * 8 * 0x1p-24);
    }
  }
};

TEST_F(OptimizersTest, SgdIsPyTorchs) {
  SGD::Options options;
  options.weight_decay = 0.2;
  ExpectEnd<SGD>(
      options, {3.921051153479066, -0.15512558727637912, -0.5360092910536066});
  options.learning_rate = 0.05;
  options.momentum = 0.9;
  ExpectEnd<SGD>(
      options, {4.020765204777601, -0.09214829171941032, -0.6567157742044644});
  options.nesterov = true;
  ExpectEnd<SGD>(
      options, {4.073270592057305, -0.05898699449012298, -0.7202749272272644});
  options.weight_decay = 0;
  ExpectEnd<SGD>(options,
                 {5.276284090398356, 0.1381420451991779, -1.2762840903983557});
  options.nesterov = false;
  options.dampening = 0.3;
  ExpectEnd<SGD>(options,
                 {6.257314217515833, 0.6286571087579166, -2.257314217515833});
}

TEST_F(OptimizersTest, AdamIsPyTorchs) {
  Adam::Options options;
  options.learning_rate = 0.1;
  ExpectEnd<Adam>(
      options, {2.9196291939059074, -0.22245243533566084, 1.0803708060940933});
  options.weight_decay = 0.2;
  ExpectEnd<Adam>(
      options, {2.8894761153193924, -0.22245243380594917, 1.0850426554681523});
  options.weight_decay = 0;
  options.beta1 = 0.5;
  options.beta2 = 0.8;
  options.epsilon = 0.1;
  ExpectEnd<Adam>(options,
                  {2.8384278802419414, -0.399571815799524, 1.1615721197580577});
}

TEST_F(OptimizersTest, AdamWIsPyTorchs) {
  AdamW::Options options;
  options.learning_rate = 0.1;
  ExpectEnd<AdamW>(
      options, {2.8830737211588953, -0.2060220632761804, 1.0419804698510802});
  options.weight_decay = 0.2;
  ExpectEnd<AdamW>(
      options, {2.283269958747252, 0.0240561528187609, 0.46060455895332775});
}

TEST_F(OptimizersTest, RMSpropIsPyTorchs) {
  RMSprop::Options options;
  options.learning_rate = 0.05;
  ExpectEnd<RMSprop>(options, {3.9570301971266506, -0.04823637234287805,
                               0.042969802873348874});
  options.learning_rate = 0.02;
  options.centered = true;
  ExpectEnd<RMSprop>(
      options, {2.472178425302667, -0.6974081816768365, 1.527821574697333});
  options.alpha = 0.9;
  options.momentum = 0.5;
  options.weight_decay = 0.2;
  ExpectEnd<RMSprop>(
      options, {2.5714958687190106, -0.6050766878369047, 1.3799799674684141});
  options.weight_decay = 0;
  options.centered = false;
  options.epsilon = 0.1;
  ExpectEnd<RMSprop>(
      options, {2.008058486018807, -1.0843047234140673, 1.991941513981192});
}

// One of each kind, with all the state that it can have.
std::vector<std::pair<std::unique_ptr<Optimizer>, std::vector<std::string>>>
AllKinds(const std::vector<NamedParameter>& parameters) {
  SGD::Options momentum;
  momentum.momentum = 0.9;
  momentum.dampening = 0.5;
  RMSprop::Options rmsprop;
  rmsprop.momentum = 0.9;
  rmsprop.centered = true;
  std::vector<std::pair<std::unique_ptr<Optimizer>, std::vector<std::string>>>
      kinds;
  const auto add = [&kinds](std::unique_ptr<Optimizer> optimizer,
                            std::vector<std::string> state) {
    kinds.emplace_back(std::move(optimizer), std::move(state));
  };
  add(std::make_unique<SGD>(parameters, SGD::Options()), {});
  add(std::make_unique<SGD>(parameters, momentum), {"momentum_buffer"});
  add(std::make_unique<Adam>(parameters, Adam::Options()),
      {"exp_avg", "exp_avg_sq"});
  add(std::make_unique<AdamW>(parameters, AdamW::Options()),
      {"exp_avg", "exp_avg_sq"});
  add(std::make_unique<RMSprop>(parameters, RMSprop::Options()),
      {"square_avg"});
  add(std::make_unique<RMSprop>(parameters, rmsprop),
      {"square_avg", "grad_avg", "momentum_buffer"});
  return kinds;
}

TEST_F(OptimizerTest, StateHasNamesAndShapes) {
  for (const auto& [optimizer, kinds] : AllKinds(Parameters())) {
    const std::vector<NamedBuffer> state = optimizer->State();
    ASSERT_EQ(state.size(), 2 * kinds.size());
    for (size_t i = 0; i < kinds.size(); ++i) {
      EXPECT_EQ(state[2 * i].name, "first." + kinds[i]);
      EXPECT_EQ(state[2 * i].tensor->shape(), first_.value.shape());
      EXPECT_EQ(state[2 * i + 1].name, "second." + kinds[i]);
      EXPECT_EQ(state[2 * i + 1].tensor->shape(), second_.value.shape());
    }
  }
}

TEST_F(OptimizerTest, StateIsAllThatTheNextStepsDependOn) {
  const auto stopped = AllKinds(Parameters());
  const auto resumed = AllKinds(Parameters());
  for (size_t kind = 0; kind < stopped.size(); ++kind) {
    Optimizer& before = *stopped[kind].first;
    Optimizer& after = *resumed[kind].first;
    const auto steps = [this](Optimizer& optimizer) {
      for (int step = 0; step < 3; ++step) {
        first_.gradient(0) = 3 * first_.value(0) - 1;
        optimizer.Step();
      }
    };
    steps(before);
    const std::vector<NamedBuffer> from = before.State();
    const std::vector<NamedBuffer> to = after.State();
    for (size_t i = 0; i < from.size(); ++i) {
      *to[i].tensor = from[i].tensor->Clone();
    }
    after.set_num_steps(before.num_steps());
    const Tensor<float> first = first_.value.Clone();
    const Tensor<float> second = second_.value.Clone();
    steps(before);
    const std::vector<float> expected = Values();
    first_.value = first.Clone();
    second_.value = second.Clone();
    steps(after);
    EXPECT_EQ(Values(), expected) << "kind " << kind;
  }
}

using OptimizerDeathTest = OptimizerTest;

TEST_F(OptimizerDeathTest, OptionsWithoutMeaning) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double rate : {0.0, -1.0, nan, infinity}) {
    EXPECT_DEATH(SGD(Parameters(), {rate}), "SGD: learning_rate is");
    EXPECT_DEATH(RMSprop(Parameters(), {rate}), "RMSprop: learning_rate is");
  }
  EXPECT_DEATH(SGD(Parameters(), {0.1, 1}), "SGD: momentum is 1");
  EXPECT_DEATH(SGD(Parameters(), {0.1, nan}), "SGD: momentum is nan");
  EXPECT_DEATH(SGD(Parameters(), {0.1, 0, -1}), "SGD: weight_decay is -1");
  EXPECT_DEATH(SGD(Parameters(), {0.1, 0, 0, true}), "SGD: nesterov needs");
  EXPECT_DEATH(SGD(Parameters(), {0.1, 0.9, 0, true, 0.1}),
               "SGD: nesterov needs momentum and no dampening");
  EXPECT_DEATH(SGD(Parameters(), {0.1, 0.9, 0, false, 2}), "dampening is 2");
  EXPECT_DEATH(Adam(Parameters(), {0.1, 1}), "Adam: beta1 is 1");
  EXPECT_DEATH(Adam(Parameters(), {0.1, 0.9, -0.5}), "Adam: beta2 is -0.5");
  EXPECT_DEATH(Adam(Parameters(), {0.1, 0.9, 0.9, -1}), "Adam: epsilon is -1");
  AdamW::Options adamw;
  adamw.weight_decay = infinity;
  EXPECT_DEATH(AdamW(Parameters(), adamw), "AdamW: weight_decay is inf");
  EXPECT_DEATH(RMSprop(Parameters(), {0.1, 1}), "RMSprop: alpha is 1");
  EXPECT_DEATH(RMSprop(Parameters(), {0.1, 0, 0, 1}), "RMSprop: momentum is 1");
}

// (w - 5)², from 0.
TEST_F(OptimizersTest, MinimizeASquare) {
  const auto minimize = [](Optimizer& optimizer, Parameter& w) {
    for (int step = 0; step < 1000; ++step) {
      optimizer.ZeroGradients();
      w.gradient(0) += 2 * (w.value(0) - 5);
      optimizer.Step();
    }
    return w.value(0);
  };
  Parameter w({1});
  const std::vector<NamedParameter> parameters = {{"w", &w}};
  SGD sgd(parameters, {0.1, 0});
  EXPECT_NEAR(minimize(sgd, w), 5, 1e-6);
  w.value(0) = 0;
  SGD momentum(parameters, {0.1, 0.9});
  EXPECT_NEAR(minimize(momentum, w), 5, 1e-6);
  w.value(0) = 0;
  Adam::Options options;
  options.learning_rate = 0.1;
  Adam adam(parameters, options);
  EXPECT_NEAR(minimize(adam, w), 5, 1e-4);
}

}  // namespace
}  // namespace minidl
