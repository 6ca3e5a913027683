#include "nn/optimizer.h"

#include <cmath>
#include <cstddef>
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

// (w - 5)², from 0.
TEST(OptimizersTest, MinimizeASquare) {
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
