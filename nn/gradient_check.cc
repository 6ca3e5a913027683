#include "nn/gradient_check.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "base/check.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

// Of all elements, and of those that a kink is near to.
constexpr double kStep = 1e-5;
constexpr double kSmallerSteps[] = {1e-6, 1e-7};

// In units of the largest gradient: beyond this an error is looked into.
constexpr double kSuspicious = 1e-7;

// How far the differences of a rounded function are off, in units of epsilon
// |f| / h: its value is a sum of many roundings.
constexpr double kRoundings = 16;

double InnerProduct(const Tensor<double>& a, const Tensor<double>& b) {
  return std::inner_product(a.data(), a.data() + a.size(), b.data(), 0.0);
}

double MaxAbs(const Tensor<double>& tensor) {
  double largest = 0;
  for (const double x : tensor.values())
    largest = std::max(largest, std::abs(x));
  return largest;
}

// f at x - h, x and x + h.
struct Differences {
  double below;
  double at;
  double above;
  double step;

  double central() const { return (above - below) / (2 * step); }
  double left() const { return (at - below) / step; }
  double right() const { return (above - at) / step; }
  double rounding() const {
    return kRoundings * std::numeric_limits<double>::epsilon() *
           std::max(std::abs(below), std::abs(above)) / step;
  }
};

// `x` is what `function` depends on. Its value `at` x is handed through.
Differences TakeDifferences(double& x, double step, double at,
                            absl::FunctionRef<double()> function) {
  Differences differences = {0, at, 0, step};
  const double before = x;
  x = before + step;
  differences.above = function();
  x = before - step;
  differences.below = function();
  x = before;
  return differences;
}

// One element's analytic and numeric gradient.
struct Comparison {
  double numeric;
  double error;
  double rounding;
  bool at_kink = false;
};

Comparison Compare(double analytic, const Differences& differences) {
  const double numeric = differences.central();
  return {numeric, std::abs(analytic - numeric), differences.rounding()};
}

// Goes on with smaller steps while the error is larger than `tolerance` and
// what rounding explains.
Comparison CompareClosely(double& x, double analytic, double at,
                          double tolerance,
                          absl::FunctionRef<double()> function) {
  const auto is_good = [tolerance](const Comparison& comparison) {
    return comparison.error <= tolerance + comparison.rounding;
  };
  Differences differences = TakeDifferences(x, kStep, at, function);
  const Comparison first = Compare(analytic, differences);
  if (is_good(first)) return first;
  for (const double step : kSmallerSteps) {
    differences = TakeDifferences(x, step, at, function);
    const Comparison comparison = Compare(analytic, differences);
    if (is_good(comparison)) return comparison;
  }
  const double left = differences.left();
  const double right = differences.right();
  const double allowed = tolerance + 2 * differences.rounding();
  Comparison worst = first;
  worst.at_kink = std::abs(left - right) > 2 * allowed &&
                  std::min(left, right) - allowed <= analytic &&
                  analytic <= std::max(left, right) + allowed;
  return worst;
}

// `samples` of the numbers below `size`, in their order, or all.
std::vector<int64_t> Sample(int64_t size, int64_t samples,
                            Generator& generator) {
  std::vector<int64_t> indices(static_cast<size_t>(size));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  if (samples == 0 || samples >= size) return indices;
  const Tensor<int64_t> order = RandomPermutation(size, generator);
  indices.assign(order.data(), order.data() + samples);
  std::sort(indices.begin(), indices.end());
  return indices;
}

void CheckShapes(const std::string& name, const Tensor<double>& variable,
                 const Tensor<double>& gradient) {
  MINIDL_CHECK(gradient.shape() == variable.shape(),
               "CheckGradients: gradient ", gradient.shape().ToString(), " by ",
               name, " of shape ", variable.shape().ToString());
}

void Add(const Comparison& comparison, GradientError& total) {
  if (comparison.at_kink) {
    ++total.num_kinks;
    return;
  }
  ++total.num_checked;
  // A NaN is the largest error, and stays it.
  if (comparison.error > total.max_error || std::isnan(comparison.error)) {
    total.max_error = comparison.error;
    total.rounding = comparison.rounding;
  }
  total.max_gradient =
      std::max(total.max_gradient, std::abs(comparison.numeric));
}

}  // namespace

double GradientError::relative() const {
  return max_gradient == 0 ? max_error : max_error / max_gradient;
}

std::vector<GradientError> CheckGradients(BasicModule<double>& module,
                                          Tensor<double>& input,
                                          Generator& generator) {
  Tensor<double> direction(module.Forward(input).shape());
  FillUniform(-1, 1, generator, direction);
  const std::vector<BasicNamedParameter<double>> parameters =
      module.Parameters();
  for (const auto& [name, parameter] : parameters) parameter->gradient.Fill(0);
  const Tensor<double> input_gradient = module.Backward(direction).Clone();

  const auto function = [&] {
    return InnerProduct(direction, module.Forward(input));
  };
  std::vector<GradientError> errors;
  const auto compare = [&](const std::string& name, Tensor<double>& variable,
                           const Tensor<double>& analytic) {
    CheckShapes(name, variable, analytic);
    GradientError& error = errors.emplace_back(GradientError{name, 0, 0});
    for (int64_t i = 0; i < variable.size(); ++i) {
      Add(Compare(analytic.data()[i],
                  TakeDifferences(variable.data()[i], kStep, 0, function)),
          error);
    }
  };
  compare("input", input, input_gradient);
  for (const auto& [name, parameter] : parameters) {
    compare(name, parameter->value, parameter->gradient);
  }
  return errors;
}

std::vector<GradientError> CompareGradients(
    const std::vector<Differentiated>& differentiated,
    absl::FunctionRef<double()> function, int64_t samples,
    Generator& generator) {
  std::vector<GradientError> errors;
  const double at = function();
  for (const auto& [name, variable, gradient] : differentiated) {
    CheckShapes(name, *variable, *gradient);
    const double tolerance = kSuspicious * MaxAbs(*gradient);
    GradientError& error = errors.emplace_back(GradientError{name, 0, 0});
    for (const int64_t i : Sample(variable->size(), samples, generator)) {
      Add(CompareClosely(variable->data()[i], gradient->data()[i], at,
                         tolerance, function),
          error);
    }
  }
  return errors;
}

}  // namespace minidl
