#ifndef MINIDL_NN_FUSED_CONVOLUTIONS_H_
#define MINIDL_NN_FUSED_CONVOLUTIONS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "nn/conv2d.h"
#include "nn/fused_run.h"
#include "nn/module.h"
#include "tensor/channels_last.h"
#include "tensor/conv_pool2d.h"
#include "tensor/images_view.h"
#include "tensor/tensor.h"

namespace minidl {

// A run of one or more of
//
//   Conv2d, MaxPool2d(2), ReLU     or
//   Conv2d, ReLU, MaxPool2d(2)     or
//   Conv2d, MaxPool2d(2),
//
// the convolutions with stride and dilation 1.
class FusedConvolutions : public FusedRun {
 public:
  // For the longest such run that `modules` start with; null if there is none.
  static std::unique_ptr<FusedConvolutions> Match(
      absl::Span<const std::unique_ptr<Module>> modules);

  size_t num_modules() const override { return num_modules_; }
  int64_t padding() const override;
  FusedImages Forward(const FusedImages& input,
                      std::optional<int64_t> output_border) override;
  FusedImages Backward(const FusedImages& output_gradient) override;

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
  // Of the latest Forward.
  bool has_planes_ = true;  // The input.
  bool needs_input_gradient_ = true;
  ChannelsLast channels_last_gradient_;
  Tensor<float> output_;
  Tensor<float> input_gradient_;
};

}  // namespace minidl

#endif  // MINIDL_NN_FUSED_CONVOLUTIONS_H_
