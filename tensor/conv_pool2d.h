#ifndef MINIDL_TENSOR_CONV_POOL2D_H_
#define MINIDL_TENSOR_CONV_POOL2D_H_

#include <cstdint>
#include <vector>

#include "tensor/channels_last.h"
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
  // The stride of Forward's input, for images of `channels` channels.
  static int64_t InputStride(int64_t channels, bool needs_input_gradient);

  // output (N images of O channels, H'×W', resized, with `output_border`) from
  // input (N images of C channels, H×W, whose border is the convolution's
  // padding), weight (O×C×K×K) and bias (O): H' = (H + 2 border - K + 1) / 2.
  void Forward(const ChannelsLast& input, const Tensor<float>& weight,
               const Tensor<float>& bias, bool relu, int64_t output_border,
               ChannelsLast& output);

  // From the gradient by the output of the latest Forward, whose size and
  // border it has, adds to the gradients by weight and bias; input_gradient, if
  // not null, becomes the gradient by the input, with what its border would
  // get.
  void Backward(const ChannelsLast& input, const Tensor<float>& weight,
                const ChannelsLast& output_gradient,
                Tensor<float>& weight_gradient, Tensor<float>& bias_gradient,
                ChannelsLast* input_gradient);

 private:
  void AddWeightGradient(const ChannelsLast& input,
                         const ChannelsLast& output_gradient,
                         Tensor<float>& weight_gradient);

  kernels::ConvPool2dGeometry geometry_ = {};
  Tensor<float> weights_by_input_;   // [ky][kx][c][o]
  Tensor<float> weights_by_output_;  // [o][ky][kx][c]
  Tensor<float> bias_;
  Tensor<uint8_t> argmax_;
  Tensor<float> weight_gradient_;  // In the order of one of the two.
  Tensor<float> bias_gradient_;
  Tensor<float> unpooled_;
  std::vector<kernels::ConvPool2dEntry> entries_;
};

}  // namespace minidl

#endif  // MINIDL_TENSOR_CONV_POOL2D_H_
