#ifndef MINIDL_NN_FUSED_CONV_NORMS_H_
#define MINIDL_NN_FUSED_CONV_NORMS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/fused_run.h"
#include "nn/module.h"
#include "tensor/batch_norm.h"
#include "tensor/channels_last.h"
#include "tensor/conv_norm_pool2d.h"
#include "tensor/tensor.h"

namespace minidl {

// A run of one or more of
//
//   Conv2d, BatchNorm2d, ReLU,
//   Conv2d, BatchNorm2d, ReLU, MaxPool2d(2)     or
//   Conv2d, BatchNorm2d, MaxPool2d(2), ReLU,
//
// the convolutions with stride and dilation 1, and with less padding than their
// kernel is large.
class FusedConvNorms : public FusedRun {
 public:
  // For the longest such run that `modules` start with; null if there is none.
  static std::unique_ptr<FusedConvNorms> Match(
      absl::Span<const std::unique_ptr<Module>> modules);

  size_t num_modules() const override { return num_modules_; }
  int64_t padding() const override;
  FusedImages Forward(const FusedImages& input,
                      std::optional<int64_t> output_border) override;
  FusedImages Backward(const FusedImages& output_gradient) override;

 private:
  struct Stage {
    Stage(Conv2d* conv, BatchNorm2d* batch_norm, bool pool)
        : conv2d(conv), norm(batch_norm), operation(pool) {}
    ConvNormParameters parameters() const;
    ConvNormGradients gradients() const;

    Conv2d* conv2d;
    BatchNorm2d* norm;
    ConvNormPool2d operation;
    ChannelMoments running;
  };

  // On the heap, since they know one another.
  std::vector<std::unique_ptr<Stage>> stages_;
  size_t num_modules_ = 0;
  bool has_planes_ = true;  // The latest Forward's input.
  Tensor<float> output_;
  ChannelsLast channels_last_output_;
};

}  // namespace minidl

#endif  // MINIDL_NN_FUSED_CONV_NORMS_H_
