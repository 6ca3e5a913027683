#include "nn/batch_norm.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "nn/module_work.h"
#include "nn/parameter.h"
#include "tensor/batch_norm.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

absl::Status WrongShape(const std::string& description,
                        const std::string& expected, const Shape& input) {
  return absl::InvalidArgumentError(
      absl::StrCat(description, " needs inputs of shape ", expected, ", not ",
                   input.ToString()));
}

// running = (1 - momentum) running + momentum latest.
template <typename T>
void Approach(double momentum, double latest, T& running) {
  running =
      static_cast<T>((1 - momentum) * double{running} + momentum * latest);
}

}  // namespace

template <typename T>
BasicBatchNorm<T>::BasicBatchNorm(const char* name, int64_t num_features,
                                  const BatchNormOptions& options)
    : name_(name),
      num_features_(num_features),
      options_(options),
      weight_(Shape{num_features}),
      bias_(Shape{num_features}),
      running_mean_(Shape{num_features}),
      running_var_(Shape{num_features}) {
  MINIDL_CHECK(num_features > 0, name, ": ", num_features, " channels");
  MINIDL_CHECK(options.epsilon > 0 && std::isfinite(options.epsilon), name,
               ": epsilon ", options.epsilon);
  MINIDL_CHECK(0 < options.momentum && options.momentum <= 1, name,
               ": momentum ", options.momentum);
  weight_.value.Fill(1);
  running_var_.Fill(1);
}

template <typename T>
std::string BasicBatchNorm<T>::Description() const {
  const BatchNormOptions usual;
  std::string description = absl::StrCat(name_, "(", num_features_);
  if (options_.epsilon != usual.epsilon) {
    absl::StrAppend(&description, ", epsilon=", options_.epsilon);
  }
  if (options_.momentum != usual.momentum) {
    absl::StrAppend(&description, ", momentum=", options_.momentum);
  }
  return description + ")";
}

template <typename T>
const Tensor<T>& BasicBatchNorm<T>::Forward(const Tensor<T>& input) {
  const Shape& shape = input.shape();
  MINIDL_CHECK(this->OutputShape(shape.WithoutOuter()).ok(), name_, ": input ",
               shape.ToString(), " where there are ", num_features_,
               " channels");
  input_ = &input;
  used_batch_ = training_;
  if (training_) {
    const int64_t values = ValuesPerChannel(shape);
    MINIDL_CHECK(values > 1, name_, ": ", values,
                 " value per channel to train on, input ", shape.ToString());
    BatchNormForward(input, weight_.value, bias_.value, options_.epsilon,
                     moments_, output_);
    UpdateRunningMoments(moments_, values);
  } else {
    GetRunningMoments(moments_);
    BatchNormEvaluate(input, weight_.value, bias_.value, options_.epsilon,
                      moments_, output_);
  }
  return output_;
}

template <typename T>
const Tensor<T>& BasicBatchNorm<T>::Backward(const Tensor<T>& output_gradient) {
  MINIDL_CHECK(input_ != nullptr, name_, ": Backward before Forward");
  const auto backward =
      used_batch_ ? BatchNormBackward<T> : BatchNormEvaluateBackward<T>;
  backward(*input_, weight_.value, options_.epsilon, moments_, output_gradient,
           weight_.gradient, bias_.gradient,
           this->needs_input_gradient() ? &input_gradient_ : nullptr);
  return input_gradient_;
}

template <typename T>
std::optional<BasicModuleWork<T>> BasicBatchNorm<T>::Work(
    const Shape& input) const {
  const int64_t values = input.num_elements();
  // For each: 1 of the mean, 3 of the variance, 3 of the output. Backward 2 of
  // the normalised value, 2 of the weight's gradient, 1 of the bias's, and 4 of
  // the input's. What is once for a channel does not count.
  return this->WorkOf(7 * values, 5 * values, 4 * values);
}

template <typename T>
void BasicBatchNorm<T>::GetRunningMoments(ChannelMoments& moments) const {
  moments.mean.Resize(running_mean_.shape());
  moments.variance.Resize(running_var_.shape());
  std::copy_n(running_mean_.data(), num_features_, moments.mean.data());
  std::copy_n(running_var_.data(), num_features_, moments.variance.data());
}

template <typename T>
void BasicBatchNorm<T>::UpdateRunningMoments(const ChannelMoments& batch,
                                             int64_t values) {
  MINIDL_CHECK(values > 1, name_, ": ", values,
               " value per channel to train on");
  const auto n = static_cast<double>(values);
  for (int64_t c = 0; c < num_features_; ++c) {
    const double variance = batch.variance.data()[c] * (n / (n - 1));
    Approach(options_.momentum, batch.mean.data()[c], running_mean_.data()[c]);
    Approach(options_.momentum, variance, running_var_.data()[c]);
  }
}

template <typename T>
void BasicBatchNorm<T>::AppendParameters(
    const std::string& prefix,
    std::vector<BasicNamedParameter<T>>* parameters) {
  parameters->push_back({absl::StrCat(prefix, "weight"), &weight_});
  parameters->push_back({absl::StrCat(prefix, "bias"), &bias_});
}

template <typename T>
void BasicBatchNorm<T>::AppendBuffers(
    const std::string& prefix, std::vector<BasicNamedBuffer<T>>* buffers) {
  buffers->push_back({absl::StrCat(prefix, "running_mean"), &running_mean_});
  buffers->push_back({absl::StrCat(prefix, "running_var"), &running_var_});
}

template <typename T>
absl::Status BasicBatchNorm<T>::CheckTrainingBatch(const std::string& path,
                                                   const Shape& batch) const {
  const int64_t values = ValuesPerChannel(batch);
  if (values > 1) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": ", Description(), " needs more than 1 value per channel to ",
      "train on, but a batch of shape ", batch.ToString(), " has ", values));
}

template <typename T>
absl::StatusOr<Shape> BasicBatchNorm1d<T>::OutputShape(
    const Shape& input) const {
  const int64_t channels = this->num_features();
  if ((input.rank() == 1 || input.rank() == 2) && input[0] == channels) {
    return input;
  }
  return WrongShape(this->Description(),
                    absl::StrCat("[", channels, "] or [", channels, ", L]"),
                    input);
}

template <typename T>
absl::StatusOr<Shape> BasicBatchNorm2d<T>::OutputShape(
    const Shape& input) const {
  const int64_t channels = this->num_features();
  if (input.rank() == 3 && input[0] == channels) return input;
  return WrongShape(this->Description(), absl::StrCat("[", channels, ", H, W]"),
                    input);
}

template class BasicBatchNorm<float>;
template class BasicBatchNorm<double>;
template class BasicBatchNorm1d<float>;
template class BasicBatchNorm1d<double>;
template class BasicBatchNorm2d<float>;
template class BasicBatchNorm2d<double>;

}  // namespace minidl
