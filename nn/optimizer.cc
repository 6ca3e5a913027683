#include "nn/optimizer.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "nn/parameter.h"
#include "tensor/optimizer_step.h"
#include "tensor/tensor.h"

namespace minidl {

Optimizer::Optimizer(std::vector<NamedParameter> parameters,
                     double learning_rate)
    : parameters_(std::move(parameters)), learning_rate_(learning_rate) {}

void Optimizer::ZeroGradients() {
  for (const NamedParameter& named : parameters_) {
    named.parameter->gradient.Fill(0);
  }
}

std::vector<Tensor<float>> Optimizer::StatePerParameter() const {
  std::vector<Tensor<float>> state;
  for (const NamedParameter& named : parameters_) {
    state.emplace_back(named.parameter->value.shape());
  }
  return state;
}

SGD::SGD(std::vector<NamedParameter> parameters, const Options& options)
    : Optimizer(std::move(parameters), options.learning_rate),
      options_(options) {
  if (options.momentum != 0) velocity_ = StatePerParameter();
}

void SGD::Step() {
  const auto rate = static_cast<float>(learning_rate());
  for (size_t i = 0; i < parameters().size(); ++i) {
    Parameter& parameter = *parameters()[i].parameter;
    if (velocity_.empty()) {
      SgdStep(rate, parameter.gradient, parameter.value);
    } else {
      SgdMomentumStep(rate, static_cast<float>(options_.momentum),
                      parameter.gradient, velocity_[i], parameter.value);
    }
  }
}

Adam::Adam(std::vector<NamedParameter> parameters, const Options& options)
    : Optimizer(std::move(parameters), options.learning_rate),
      options_(options),
      first_moment_(StatePerParameter()),
      second_moment_(StatePerParameter()) {}

void Adam::Step() {
  ++step_;
  const double correction1 = 1 - std::pow(options_.beta1, step_);
  const double correction2 = 1 - std::pow(options_.beta2, step_);
  AdamStepOptions step;
  step.beta1 = options_.beta1;
  step.beta2 = options_.beta2;
  step.epsilon = options_.epsilon;
  step.step_size = learning_rate() / correction1;
  step.second_moment_correction = std::sqrt(correction2);
  for (size_t i = 0; i < parameters().size(); ++i) {
    Parameter& parameter = *parameters()[i].parameter;
    AdamStep(step, parameter.gradient, first_moment_[i], second_moment_[i],
             parameter.value);
  }
}

}  // namespace minidl
