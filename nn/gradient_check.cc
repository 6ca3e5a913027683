#include "nn/gradient_check.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "base/check.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

constexpr double kStep = 1e-5;

double InnerProduct(const Tensor<double>& a, const Tensor<double>& b) {
  return std::inner_product(a.data(), a.data() + a.size(), b.data(), 0.0);
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

  const auto compare = [&](const std::string& name, Tensor<double>& variable,
                           const Tensor<double>& analytic) {
    MINIDL_CHECK(analytic.shape() == variable.shape(),
                 "CheckGradients: gradient ", analytic.shape().ToString(),
                 " by ", name, " of shape ", variable.shape().ToString());
    GradientError error = {name, 0, 0};
    for (int64_t i = 0; i < variable.size(); ++i) {
      double& x = variable.data()[i];
      const double before = x;
      x = before + kStep;
      const double above = InnerProduct(direction, module.Forward(input));
      x = before - kStep;
      const double below = InnerProduct(direction, module.Forward(input));
      x = before;
      const double numeric = (above - below) / (2 * kStep);
      const double difference = std::abs(analytic.data()[i] - numeric);
      // A NaN is the largest error, and stays it.
      if (difference > error.max_error || std::isnan(difference)) {
        error.max_error = difference;
      }
      error.max_gradient = std::max(error.max_gradient, std::abs(numeric));
    }
    return error;
  };
  std::vector<GradientError> errors;
  errors.push_back(compare("input", input, input_gradient));
  for (const auto& [name, parameter] : parameters) {
    errors.push_back(compare(name, parameter->value, parameter->gradient));
  }
  return errors;
}

}  // namespace minidl
