#include "tensor/kernels/optimizer.h"

#include <algorithm>
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
  std::vector<float> third;
  std::vector<float> parameter;
};

State RandomState(int64_t n) {
  const auto random = [n](uint64_t seed) {
    const auto tensor = RandomTensor<float>({n + 64}, seed);
    return std::vector<float>(tensor.values().begin(), tensor.values().end());
  };
  State state = {random(1), random(2), random(3), random(5), random(4)};
  // Moments as there may be: no mean square is less than the mean's square.
  for (size_t i = 0; i < state.second.size(); ++i) {
    float& v = state.second[i];
    v = v * v + state.third[i] * state.third[i];
  }
  return state;
}

SgdStepOptions SgdOptions(double weight_decay, bool nesterov,
                          double dampening) {
  SgdStepOptions options;
  options.learning_rate = 0.25;
  options.momentum = 0.5;
  options.weight_decay = weight_decay;
  options.nesterov = nesterov;
  options.dampening = dampening;
  return options;
}

AdamStepOptions AdamOptions(double weight_decay, double parameter_factor) {
  AdamStepOptions options;
  options.beta1 = 0.9;
  options.beta2 = 0.999;
  options.epsilon = 0.01;
  options.step_size = 0.01;
  options.second_moment_correction = 0.7;
  options.weight_decay = weight_decay;
  options.parameter_factor = parameter_factor;
  return options;
}

RmspropStepOptions RmspropOptions(double weight_decay) {
  RmspropStepOptions options;
  options.learning_rate = 0.01;
  options.alpha = 0.75;
  options.epsilon = 0.25;
  options.momentum = 0.5;
  options.weight_decay = weight_decay;
  return options;
}

// The definitions, in double, of one element.
struct Element {
  Element(const State& state, size_t i)
      : gradient(state.gradient[i]),
        first(state.first[i]),
        second(state.second[i]),
        third(state.third[i]),
        parameter(state.parameter[i]) {}

  void SgdStep(const SgdStepOptions& options) {
    const double g = gradient + options.weight_decay * parameter;
    parameter -= options.learning_rate * g;
  }

  void SgdMomentumStep(const SgdStepOptions& options) {
    const double g = gradient + options.weight_decay * parameter;
    first = options.momentum * first + (1 - options.dampening) * g;
    parameter -= options.learning_rate *
                 (options.nesterov ? g + options.momentum * first : first);
  }

  void AdamStep(const AdamStepOptions& options) {
    const double g = gradient + options.weight_decay * parameter;
    first = options.beta1 * first + (1 - options.beta1) * g;
    second = options.beta2 * second + (1 - options.beta2) * g * g;
    const double root = std::sqrt(second) / options.second_moment_correction;
    parameter = options.parameter_factor * parameter -
                options.step_size * first / (root + options.epsilon);
  }

  void RmspropStep(const RmspropStepOptions& options, bool centered,
                   bool momentum) {
    const double g = gradient + options.weight_decay * parameter;
    second = options.alpha * second + (1 - options.alpha) * g * g;
    double square = second;
    if (centered) {
      third = options.alpha * third + (1 - options.alpha) * g;
      square -= third * third;
    }
    double step = g / (std::sqrt(square) + options.epsilon);
    if (momentum) step = first = options.momentum * first + step;
    parameter -= options.learning_rate * step;
  }

  double gradient, first, second, third, parameter;
};

// Takes `step` on states of all sizes up to some vectors with every instruction
// set, and compares the elements that count with what `define` makes of each,
// to a few roundings of numbers below 4, and those behind them with what they
// were.
template <typename Step, typename Define>
void ExpectDefinition(const Step& step, const Define& define) {
  constexpr double kTolerance = 4 * 2 * 0x1p-23;
  ForEachTarget([&] {
    for (int64_t n = 0; n <= 70; ++n) {
      const State before = RandomState(n);
      State after = before;
      step(n, after);
      ASSERT_EQ(after.gradient, before.gradient) << "changed";
      for (size_t i = 0; i < before.parameter.size(); ++i) {
        Element expected(before, i);
        if (i < static_cast<size_t>(n)) define(expected);
        const double tolerance = i < static_cast<size_t>(n) ? kTolerance : 0;
        ASSERT_NEAR(after.first[i], expected.first, tolerance) << i << "/" << n;
        ASSERT_NEAR(after.second[i], expected.second, tolerance)
            << i << "/" << n;
        ASSERT_NEAR(after.third[i], expected.third, tolerance) << i << "/" << n;
        ASSERT_NEAR(after.parameter[i], expected.parameter, tolerance)
            << i << "/" << n;
      }
    }
  });
}

void StepSgd(int64_t n, const SgdStepOptions& options, State& state) {
  SgdStep(n, options, state.gradient.data(), state.parameter.data());
}

void StepSgdMomentum(int64_t n, const SgdStepOptions& options, State& state) {
  SgdMomentumStep(n, options, state.gradient.data(), state.first.data(),
                  state.parameter.data());
}

void StepAdam(int64_t n, const AdamStepOptions& options, State& state) {
  AdamStep(n, options, state.gradient.data(), state.first.data(),
           state.second.data(), state.parameter.data());
}

void StepRmsprop(int64_t n, const RmspropStepOptions& options, bool centered,
                 bool momentum, State& state) {
  RmspropStep(n, options, state.gradient.data(), state.second.data(),
              centered ? state.third.data() : nullptr,
              momentum ? state.first.data() : nullptr, state.parameter.data());
}

TEST(OptimizerKernelTest, SgdIsTheDefinition) {
  for (const double decay : {0.0, 0.1}) {
    const SgdStepOptions options = SgdOptions(decay, false, 0);
    ExpectDefinition([&](int64_t n, State& s) { StepSgd(n, options, s); },
                     [&](Element& e) { e.SgdStep(options); });
  }
}

TEST(OptimizerKernelTest, SgdWithMomentumIsTheDefinition) {
  for (const double decay : {0.0, 0.1}) {
    for (const bool nesterov : {false, true}) {
      for (const double dampening : {0.0, 0.3}) {
        const SgdStepOptions options = SgdOptions(decay, nesterov, dampening);
        ExpectDefinition(
            [&](int64_t n, State& s) { StepSgdMomentum(n, options, s); },
            [&](Element& e) { e.SgdMomentumStep(options); });
      }
    }
  }
}

TEST(OptimizerKernelTest, AdamIsTheDefinition) {
  for (const double decay : {0.0, 0.1}) {
    for (const double factor : {1.0, 0.9}) {
      const AdamStepOptions options = AdamOptions(decay, factor);
      ExpectDefinition([&](int64_t n, State& s) { StepAdam(n, options, s); },
                       [&](Element& e) { e.AdamStep(options); });
    }
  }
}

TEST(OptimizerKernelTest, RmspropIsTheDefinition) {
  for (const double decay : {0.0, 0.1}) {
    for (const bool centered : {false, true}) {
      for (const bool momentum : {false, true}) {
        const RmspropStepOptions options = RmspropOptions(decay);
        ExpectDefinition(
            [&](int64_t n, State& s) {
              StepRmsprop(n, options, centered, momentum, s);
            },
            [&](Element& e) { e.RmspropStep(options, centered, momentum); });
      }
    }
  }
}

// Gradients that stay the same have no deviation: v - m² becomes 0, or by
// rounding a little less, of which there is no root.
TEST(OptimizerKernelTest, CenteredRmspropBearsConstantGradients) {
  ForEachTarget([] {
    State state = RandomState(70);
    std::fill(state.second.begin(), state.second.end(), 0.0f);
    std::fill(state.third.begin(), state.third.end(), 0.0f);
    for (int step = 0; step < 500; ++step) {
      StepRmsprop(70, RmspropOptions(0), true, false, state);
    }
    for (const float p : state.parameter) ASSERT_TRUE(std::isfinite(p));
  });
}

TEST(OptimizerKernelTest, NanReachesItsParameterAlone) {
  constexpr int64_t kSize = 23;
  ForEachTarget([] {
    for (size_t place = 0; place < kSize; ++place) {
      const auto expect_nan_in_place = [place](const auto& step) {
        State state = RandomState(kSize);
        state.gradient[place] = std::numeric_limits<float>::quiet_NaN();
        step(state);
        for (size_t i = 0; i < kSize; ++i) {
          EXPECT_EQ(std::isnan(state.parameter[i]), i == place);
        }
      };
      expect_nan_in_place(
          [](State& s) { StepSgd(kSize, SgdOptions(0, false, 0), s); });
      expect_nan_in_place(
          [](State& s) { StepSgdMomentum(kSize, SgdOptions(0, true, 0), s); });
      expect_nan_in_place(
          [](State& s) { StepAdam(kSize, AdamOptions(0, 1), s); });
      expect_nan_in_place([](State& s) {
        StepRmsprop(kSize, RmspropOptions(0), true, true, s);
      });
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
      for (const double decay : {0.0, 0.01}) {
        StepSgd(kSize, SgdOptions(decay, false, 0), state);
        StepSgdMomentum(kSize, SgdOptions(decay, false, 0.1), state);
        StepSgdMomentum(kSize, SgdOptions(decay, true, 0), state);
        StepAdam(kSize, AdamOptions(decay, 0.99), state);
        StepRmsprop(kSize, RmspropOptions(decay), false, true, state);
        StepRmsprop(kSize, RmspropOptions(decay), true, true, state);
      }
    }
    results.push_back(state);
  }
  ChooseTargets(0);
  EXPECT_EQ(results[0].first, results[1].first);
  EXPECT_EQ(results[0].second, results[1].second);
  EXPECT_EQ(results[0].third, results[1].third);
  EXPECT_EQ(results[0].parameter, results[1].parameter);
}

}  // namespace
}  // namespace minidl::kernels
