#ifndef MINIDL_NN_FUSED_CONV_NORMS_H_
#define MINIDL_NN_FUSED_CONV_NORMS_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/fused_modules.h"
#include "nn/module.h"
#include "tensor/batch_norm.h"
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
class FusedConvNorms : public FusedModules {
 public:
  // For the longest such run that `modules` start with; null if there is none.
  static std::unique_ptr<FusedConvNorms> Match(
      absl::Span<const std::unique_ptr<Module>> modules);

  size_t num_modules() const override { return num_modules_; }
  const Tensor<float>& Forward(const Tensor<float>& input) override;
  const Tensor<float>& Backward(const Tensor<float>& output_gradient) override;

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
  Tensor<float> output_;
  Tensor<float> input_gradient_;
};

}  // namespace minidl

#endif  // MINIDL_NN_FUSED_CONV_NORMS_H_
