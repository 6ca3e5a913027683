#ifndef MINIDL_NN_BATCH_NORM_H_
#define MINIDL_NN_BATCH_NORM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "nn/parameter.h"
#include "tensor/batch_norm.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

struct BatchNormOptions {
  double epsilon = 1e-5;  // Added to variances; positive.
  // The part of a running statistic that each batch replaces; more than 0, at
  // most 1.
  double momentum = 0.1;
};

// Batch normalisation (Ioffe and Szegedy, 2015), what BatchNorm1d and
// BatchNorm2d have in common:
//
//   y = weight (x - mean) / sqrt(variance + epsilon) + bias
//
// with a weight, a bias, a mean and a variance for each of C channels. In
// training the last two are the batch's, the variance divided by the number n
// of its values, and the running ones come nearer to them:
//
//   running = (1 - momentum) running + momentum batch's,
//
// here with the variance divided by n - 1. A batch needs more than one value
// per channel, or all outputs were the bias: CheckTrainingBatch tells, and
// Forward stops the program. In evaluation mode the running ones are used.
//
// Parameters "weight" (C), initially 1, and "bias" (C), initially 0; buffers
// "running_mean" (C), initially 0, and "running_var" (C), initially 1.
// PyTorch's num_batches_tracked, which nothing depends on at a fixed momentum,
// is left out.
template <typename T>
class BasicBatchNorm : public BasicModule<T> {
 public:
  const BatchNormOptions& options() const { return options_; }
  BasicParameter<T>& weight() { return weight_; }
  BasicParameter<T>& bias() { return bias_; }
  bool training() const { return training_; }

  // The running moments; and what Forward does to them in training, after a
  // batch of so many values per channel.
  void GetRunningMoments(ChannelMoments& moments) const;
  void UpdateRunningMoments(const ChannelMoments& batch, int64_t values);

  std::string Description() const override;
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  std::optional<BasicModuleWork<T>> Work(const Shape& input) const override;
  void AppendParameters(
      const std::string& prefix,
      std::vector<BasicNamedParameter<T>>* parameters) override;
  void AppendBuffers(const std::string& prefix,
                     std::vector<BasicNamedBuffer<T>>* buffers) override;
  absl::Status CheckTrainingBatch(const std::string& path,
                                  const Shape& batch) const override;
  void SetTraining(bool training) override { training_ = training; }

 protected:
  // `name` is a literal.
  BasicBatchNorm(const char* name, int64_t num_features,
                 const BatchNormOptions& options);

  int64_t num_features() const { return num_features_; }

 private:
  const char* const name_;
  const int64_t num_features_;
  const BatchNormOptions options_;
  BasicParameter<T> weight_;
  BasicParameter<T> bias_;
  Tensor<T> running_mean_;
  Tensor<T> running_var_;
  bool training_ = true;
  // Of the latest Forward: its input, the mode, and what it normalised by.
  const Tensor<T>* input_ = nullptr;
  bool used_batch_ = true;
  ChannelMoments moments_;
  Tensor<T> output_;
  Tensor<T> input_gradient_;
};

// As torch.nn.BatchNorm1d, for features N×C or sequences N×C×L.
template <typename T>
class BasicBatchNorm1d : public BasicBatchNorm<T> {
 public:
  explicit BasicBatchNorm1d(int64_t num_features,
                            const BatchNormOptions& options = {})
      : BasicBatchNorm<T>("BatchNorm1d", num_features, options) {}

  absl::StatusOr<Shape> OutputShape(const Shape& input) const override;
};

// As torch.nn.BatchNorm2d, for images N×C×H×W.
template <typename T>
class BasicBatchNorm2d : public BasicBatchNorm<T> {
 public:
  explicit BasicBatchNorm2d(int64_t num_features,
                            const BatchNormOptions& options = {})
      : BasicBatchNorm<T>("BatchNorm2d", num_features, options) {}

  absl::StatusOr<Shape> OutputShape(const Shape& input) const override;
};

using BatchNorm1d = BasicBatchNorm1d<float>;
using BatchNorm2d = BasicBatchNorm2d<float>;

}  // namespace minidl

#endif  // MINIDL_NN_BATCH_NORM_H_
