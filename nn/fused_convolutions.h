#ifndef MINIDL_NN_FUSED_CONVOLUTIONS_H_
#define MINIDL_NN_FUSED_CONVOLUTIONS_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "nn/conv2d.h"
#include "nn/module.h"
#include "tensor/channels_last.h"
#include "tensor/conv_pool2d.h"
#include "tensor/images_view.h"
#include "tensor/tensor.h"

namespace minidl {

// Computes what a run of modules of a Sequential computes, in fewer passes: one
// or more of
//
//   Conv2d, MaxPool2d(2), ReLU     or
//   Conv2d, ReLU, MaxPool2d(2)     or
//   Conv2d, MaxPool2d(2),
//
// the convolutions with stride and dilation 1. The parameters and their
// gradients are the modules' own.
class FusedConvolutions {
 public:
  // For the longest such run that `modules` start with; null if there is none.
  // The modules must outlive it.
  static std::unique_ptr<FusedConvolutions> Match(
      absl::Span<const std::unique_ptr<Module>> modules);

  // How many modules it stands for.
  size_t num_modules() const { return num_modules_; }

  // As Module's. The gradient by the input is computed if the first module was
  // told, before Forward, that it is needed.
  const Tensor<float>& Forward(const Tensor<float>& input);
  const Tensor<float>& Backward(const Tensor<float>& output_gradient);

 private:
  struct Stage {
    Conv2d* conv2d;
    bool relu;
    ConvPool2d operation;
    ImagesView input;
    ChannelsLast output;
    ChannelsLast input_gradient;
  };

  std::vector<Stage> stages_;
  size_t num_modules_ = 0;
  bool needs_input_gradient_ = true;
  ChannelsLast channels_last_gradient_;
  Tensor<float> output_;
  Tensor<float> input_gradient_;
};

}  // namespace minidl

#endif  // MINIDL_NN_FUSED_CONVOLUTIONS_H_
