#include "nn/optimizer.h"

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "nn/parameter.h"
#include "tensor/optimizer_step.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

void CheckFraction(const char* optimizer, const char* option, double value) {
  MINIDL_CHECK(0 <= value && value < 1, optimizer, ": ", option, " is ", value,
               "; expected at least 0 and less than 1");
}

void CheckNotNegative(const char* optimizer, const char* option, double value) {
  MINIDL_CHECK(value >= 0 && std::isfinite(value), optimizer, ": ", option,
               " is ", value, "; expected at least 0");
}

}  // namespace

Optimizer::Optimizer(const char* name, std::vector<NamedParameter> parameters,
                     double learning_rate)
    : parameters_(std::move(parameters)), learning_rate_(learning_rate) {
  MINIDL_CHECK(learning_rate > 0 && std::isfinite(learning_rate), name,
               ": learning_rate is ", learning_rate,
               "; expected a positive number");
}

void Optimizer::Step() {
  ++num_steps_;
  Update();
}

void Optimizer::ZeroGradients() {
  for (const NamedParameter& named : parameters_) {
    named.parameter->gradient.Fill(0);
  }
}

std::vector<NamedBuffer> Optimizer::State() {
  std::vector<NamedBuffer> state;
  AppendState(&state);
  return state;
}

std::vector<Tensor<float>> Optimizer::StatePerParameter() const {
  std::vector<Tensor<float>> state;
  for (const NamedParameter& named : parameters_) {
    state.emplace_back(named.parameter->value.shape());
  }
  return state;
}

void Optimizer::AppendPerParameter(const char* name,
                                   std::vector<Tensor<float>>& tensors,
                                   std::vector<NamedBuffer>* state) const {
  for (size_t i = 0; i < tensors.size(); ++i) {
    state->push_back(
        {absl::StrCat(parameters_[i].name, ".", name), &tensors[i]});
  }
}

SGD::SGD(std::vector<NamedParameter> parameters, const Options& options)
    : Optimizer("SGD", std::move(parameters), options.learning_rate),
      options_(options) {
  CheckFraction("SGD", "momentum", options.momentum);
  CheckNotNegative("SGD", "weight_decay", options.weight_decay);
  MINIDL_CHECK(0 <= options.dampening && options.dampening <= 1,
               "SGD: dampening is ", options.dampening,
               "; expected at least 0 and at most 1");
  MINIDL_CHECK(
      !options.nesterov || (options.momentum != 0 && options.dampening == 0),
      "SGD: nesterov needs momentum and no dampening");
  if (options.momentum != 0) velocity_ = StatePerParameter();
}

void SGD::Update() {
  SgdStepOptions step;
  step.learning_rate = learning_rate();
  step.weight_decay = options_.weight_decay;
  step.momentum = options_.momentum;
  step.dampening = num_steps() == 1 ? 0 : options_.dampening;
  step.nesterov = options_.nesterov;
  for (size_t i = 0; i < parameters().size(); ++i) {
    Parameter& parameter = *parameters()[i].parameter;
    if (velocity_.empty()) {
      SgdStep(step, parameter.gradient, parameter.value);
    } else {
      SgdMomentumStep(step, parameter.gradient, velocity_[i], parameter.value);
    }
  }
}

void SGD::AppendState(std::vector<NamedBuffer>* state) {
  AppendPerParameter("momentum_buffer", velocity_, state);
}

Adam::Adam(std::vector<NamedParameter> parameters, const Options& options)
    : Adam("Adam", std::move(parameters), options, /*decoupled=*/false) {}

Adam::Adam(const char* name, std::vector<NamedParameter> parameters,
           const Options& options, bool decoupled)
    : Optimizer(name, std::move(parameters), options.learning_rate),
      options_(options),
      decoupled_(decoupled),
      first_moment_(StatePerParameter()),
      second_moment_(StatePerParameter()) {
  CheckFraction(name, "beta1", options.beta1);
  CheckFraction(name, "beta2", options.beta2);
  CheckNotNegative(name, "epsilon", options.epsilon);
  CheckNotNegative(name, "weight_decay", options.weight_decay);
}

void Adam::Update() {
  const auto t = static_cast<double>(num_steps());
  AdamStepOptions step;
  step.beta1 = options_.beta1;
  step.beta2 = options_.beta2;
  step.epsilon = options_.epsilon;
  step.step_size = learning_rate() / (1 - std::pow(options_.beta1, t));
  step.second_moment_correction = std::sqrt(1 - std::pow(options_.beta2, t));
  if (decoupled_) {
    step.parameter_factor = 1 - learning_rate() * options_.weight_decay;
  } else {
    step.weight_decay = options_.weight_decay;
  }
  for (size_t i = 0; i < parameters().size(); ++i) {
    Parameter& parameter = *parameters()[i].parameter;
    AdamStep(step, parameter.gradient, first_moment_[i], second_moment_[i],
             parameter.value);
  }
}

void Adam::AppendState(std::vector<NamedBuffer>* state) {
  AppendPerParameter("exp_avg", first_moment_, state);
  AppendPerParameter("exp_avg_sq", second_moment_, state);
}

AdamW::AdamW(std::vector<NamedParameter> parameters, const Options& options)
    : Adam("AdamW", std::move(parameters), options, /*decoupled=*/true) {}

RMSprop::RMSprop(std::vector<NamedParameter> parameters, const Options& options)
    : Optimizer("RMSprop", std::move(parameters), options.learning_rate),
      options_(options),
      mean_square_(StatePerParameter()) {
  CheckFraction("RMSprop", "alpha", options.alpha);
  CheckNotNegative("RMSprop", "epsilon", options.epsilon);
  CheckFraction("RMSprop", "momentum", options.momentum);
  CheckNotNegative("RMSprop", "weight_decay", options.weight_decay);
  if (options.centered) mean_ = StatePerParameter();
  if (options.momentum != 0) velocity_ = StatePerParameter();
}

void RMSprop::Update() {
  RmspropStepOptions step;
  step.learning_rate = learning_rate();
  step.alpha = options_.alpha;
  step.epsilon = options_.epsilon;
  step.momentum = options_.momentum;
  step.weight_decay = options_.weight_decay;
  for (size_t i = 0; i < parameters().size(); ++i) {
    Parameter& parameter = *parameters()[i].parameter;
    RmspropStep(step, parameter.gradient, mean_square_[i],
                mean_.empty() ? nullptr : &mean_[i],
                velocity_.empty() ? nullptr : &velocity_[i], parameter.value);
  }
}

void RMSprop::AppendState(std::vector<NamedBuffer>* state) {
  AppendPerParameter("square_avg", mean_square_, state);
  AppendPerParameter("grad_avg", mean_, state);
  AppendPerParameter("momentum_buffer", velocity_, state);
}

}  // namespace minidl
