#include "tensor/kernels/optimizer.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "tensor/kernels/targets_testutil.h"
#include "tensor/tensor_testutil.h"

namespace minidl::kernels {
namespace {

// A step's arrays, of n elements that count and some behind them.
struct State {
  std::vector<float> gradient;
  std::vector<float> first;
  std::vector<float> second;
  std::vector<float> parameter;
};

State RandomState(int64_t n) {
  const auto random = [n](uint64_t seed) {
    const auto tensor = RandomTensor<float>({n + 64}, seed);
    return std::vector<float>(tensor.values().begin(), tensor.values().end());
  };
  State state = {random(1), random(2), random(3), random(4)};
  for (float& v : state.second) v *= v;
  return state;
}

AdamStepOptions SomeOptions() {
  AdamStepOptions options;
  options.beta1 = 0.9;
  options.beta2 = 0.999;
  options.epsilon = 0.01;
  options.step_size = 0.01;
  options.second_moment_correction = 0.7;
  return options;
}

// Compares elements that count with what is expected, to a few roundings of
// numbers below 2, and those behind them with what they were.
void ExpectNear(const std::vector<float>& actual,
                const std::vector<float>& before,
                const std::vector<double>& expected) {
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], 3 * 0x1p-23)
        << i << " of " << expected.size();
  }
  for (size_t i = expected.size(); i < actual.size(); ++i) {
    ASSERT_EQ(actual[i], before[i]) << "behind " << expected.size();
  }
}

TEST(OptimizerKernelTest, IsTheDefinitionForAllTargetsAndSizes) {
  ForEachTarget([] {
    for (int64_t n = 0; n <= 70; ++n) {
      const State before = RandomState(n);
      const auto size = static_cast<size_t>(n);
      std::vector<double> sgd(size), velocity(size), momentum(size);
      std::vector<double> first(size), second(size), adam(size);
      for (size_t i = 0; i < size; ++i) {
        const double g = before.gradient[i];
        const double p = before.parameter[i];
        sgd[i] = p - 0.25 * g;
        velocity[i] = 0.5 * before.first[i] + g;
        momentum[i] = p - 0.25 * velocity[i];
        first[i] = 0.9 * before.first[i] + 0.1 * g;
        second[i] = 0.999 * before.second[i] + 0.001 * g * g;
        // A step is at most 0.01 / 0.01 times m.
        adam[i] = p - 0.01 * first[i] / (std::sqrt(second[i]) / 0.7 + 0.01);
      }

      State state = before;
      SgdStep(n, 0.25f, state.gradient.data(), state.parameter.data());
      ExpectNear(state.parameter, before.parameter, sgd);

      state = before;
      SgdMomentumStep(n, 0.25f, 0.5f, state.gradient.data(), state.first.data(),
                      state.parameter.data());
      ExpectNear(state.first, before.first, velocity);
      ExpectNear(state.parameter, before.parameter, momentum);

      state = before;
      AdamStep(n, SomeOptions(), state.gradient.data(), state.first.data(),
               state.second.data(), state.parameter.data());
      ExpectNear(state.first, before.first, first);
      ExpectNear(state.second, before.second, second);
      ExpectNear(state.parameter, before.parameter, adam);
    }
  });
}

TEST(OptimizerKernelTest, NanReachesItsParameterAlone) {
  ForEachTarget([] {
    for (size_t place = 0; place < 23; ++place) {
      State state = RandomState(23);
      state.gradient[place] = std::numeric_limits<float>::quiet_NaN();
      State momentum = state;
      State adam = state;
      SgdStep(23, 0.1f, state.gradient.data(), state.parameter.data());
      SgdMomentumStep(23, 0.1f, 0.9f, momentum.gradient.data(),
                      momentum.first.data(), momentum.parameter.data());
      AdamStep(23, SomeOptions(), adam.gradient.data(), adam.first.data(),
               adam.second.data(), adam.parameter.data());
      for (size_t i = 0; i < 23; ++i) {
        EXPECT_EQ(std::isnan(state.parameter[i]), i == place);
        EXPECT_EQ(std::isnan(momentum.parameter[i]), i == place);
        EXPECT_EQ(std::isnan(adam.parameter[i]), i == place);
      }
    }
  });
}

TEST(OptimizerKernelTest, SameBitsWithAvx2AndAvx512) {
  if (!HasAvx2AndAvx512()) GTEST_SKIP() << "this processor has not both";
  constexpr int64_t kSize = 10'001;
  std::vector<State> results;
  for (const int64_t target : {HWY_AVX2, HWY_AVX3}) {
    ChooseTargets(target);
    State state = RandomState(kSize);
    for (int step = 0; step < 10; ++step) {
      SgdStep(kSize, 0.1f, state.gradient.data(), state.parameter.data());
      SgdMomentumStep(kSize, 0.1f, 0.9f, state.gradient.data(),
                      state.first.data(), state.parameter.data());
      AdamStep(kSize, SomeOptions(), state.gradient.data(), state.first.data(),
               state.second.data(), state.parameter.data());
    }
    results.push_back(state);
  }
  ChooseTargets(0);
  EXPECT_EQ(results[0].first, results[1].first);
  EXPECT_EQ(results[0].second, results[1].second);
  EXPECT_EQ(results[0].parameter, results[1].parameter);
}

}  // namespace
}  // namespace minidl::kernels
