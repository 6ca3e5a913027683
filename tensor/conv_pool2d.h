#ifndef MINIDL_TENSOR_CONV_POOL2D_H_
#define MINIDL_TENSOR_CONV_POOL2D_H_

#include <cstdint>
#include <vector>

#include "tensor/channels_last.h"
#include "tensor/images_view.h"
#include "tensor/kernels/conv_pool2d.h"
#include "tensor/tensor.h"

namespace minidl {

// Conv2d with stride 1, MaxPool2d of 2×2 windows side by side, and perhaps
// ReLU, in one pass: what Conv2dForward, MaxPool2dForward and ReluForward
// compute one after the other, several times as fast. Rounding differs a
// little, since the bias is the first term of the sum here and the last one
// there.
//
// Between Forward and Backward an object keeps which pixels won. Shapes that do
// not fit stop the program.
class ConvPool2d {
 public:
  // `images` (N×C×H×W) as Forward likes them, with a border as wide as the
  // convolution's padding. They are copied only if they must be. The view stays
  // until the next call, and no longer than `images`.
  ImagesView Arrange(const Tensor<float>& images, int64_t padding,
                     bool needs_input_gradient);

  // output (N images of O channels, H'×W', resized, with `output_border`) from
  // input (N images of C channels, H×W, arranged, or another one's output),
  // weight (O×C×K×K) and bias (O): H' = (H + 2 border - K + 1) / 2.
  void Forward(const ImagesView& input, const Tensor<float>& weight,
               const Tensor<float>& bias, bool relu, int64_t output_border,
               ChannelsLast& output);

  // From the gradient by the output of the latest Forward, whose size and
  // border it has, adds to the gradients by weight and bias; input_gradient, if
  // not null, becomes the gradient by the input, with what its border would
  // get.
  void Backward(const ImagesView& input, const Tensor<float>& weight,
                const ChannelsLast& output_gradient,
                Tensor<float>& weight_gradient, Tensor<float>& bias_gradient,
                ChannelsLast* input_gradient);

 private:
  void AddWeightGradient(const ImagesView& input,
                         const ChannelsLast& output_gradient,
                         Tensor<float>& weight_gradient);
  void ComputeInputGradient(const ImagesView& input,
                            const Tensor<float>& weight,
                            const ChannelsLast& output_gradient,
                            ChannelsLast& input_gradient);
  // Memory for lists of at least such sizes.
  kernels::ConvPool2dLists Lists(const kernels::ConvPool2dListSizes& sizes);

  kernels::ConvPool2dGeometry geometry_ = {};
  // Copies of Arrange's images, in one order or the other.
  Tensor<float> planes_;
  ChannelsLast channels_last_;
  // Where the input's elements are that meet a kernel's weights.
  std::vector<int32_t> offsets_;
  Tensor<float> packed_weights_;
  Tensor<float> weights_by_output_;  // [o][ky][kx][c]
  Tensor<float> bias_;
  Tensor<uint8_t> argmax_;
  Tensor<float>
      weight_gradient_;  // In an order of the kernels, and in O×C×K×K.
  Tensor<float> ordered_weight_gradient_;
  Tensor<float> bias_gradient_;
  Tensor<float> unpooled_;
  Tensor<float> list_gradients_;
  Tensor<int32_t> list_offsets_;
  Tensor<int32_t> list_counts_;
};

}  // namespace minidl

#endif  // MINIDL_TENSOR_CONV_POOL2D_H_
