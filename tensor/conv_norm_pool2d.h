#ifndef MINIDL_TENSOR_CONV_NORM_POOL2D_H_
#define MINIDL_TENSOR_CONV_NORM_POOL2D_H_

#include <cstdint>

#include "tensor/batch_norm.h"
#include "tensor/channels_last.h"
#include "tensor/kernels/direct_conv2d.h"
#include "tensor/kernels/image_layout.h"
#include "tensor/kernels/norm_relu_pool.h"
#include "tensor/tensor.h"

namespace minidl {

// The parameters of a ConvNormPool2d, and something for each: its value or its
// gradient.
template <typename T>
struct ConvNormTensors {
  T& conv_weight;  // O×C×K×K
  T& conv_bias;    // O
  T& norm_weight;  // O
  T& norm_bias;    // O
};
using ConvNormParameters = ConvNormTensors<const Tensor<float>>;
using ConvNormGradients = ConvNormTensors<Tensor<float>>;

struct ConvNormOptions {
  int64_t padding = 0;  // Less than the kernel's size.
  double epsilon = 1e-5;
};

// Conv2d with stride 1, BatchNorm2d, ReLU, and perhaps MaxPool2d of 2×2 windows
// side by side: what Conv2dForward, BatchNormForward, ReluForward and
// MaxPool2dForward compute one after the other, but for rounding. Several of
// them in a row hand images to one another.
//
// The convolution's output is the only thing that a batch's images leave in
// memory on their way forward, and the gradient by the output on the way back:
// all else is computed from them, image by image in the processor's caches,
// where it is used, and again where it is used once more. Four of them, as in
// //benchmarks' w4, train 1.8 times as fast as their operations one after the
// other.
//
// Shapes that do not fit stop the program.
class ConvNormPool2d {
 public:
  explicit ConvNormPool2d(bool pool);
  ConvNormPool2d(const ConvNormPool2d&) = delete;
  ConvNormPool2d& operator=(const ConvNormPool2d&) = delete;

  // From `images` (N×C×H×W, or in the other order with a border as wide as the
  // padding and whole groups of channels) or from the output of another one's
  // latest Forward, all of which stay until Backward is done. In training
  // (`given` is null) the moments that it normalises by are the batch's;
  // otherwise `given`.
  void Forward(const Tensor<float>& images,
               const ConvNormParameters& parameters,
               const ConvNormOptions& options, const ChannelMoments* given);
  void Forward(const ChannelsLast& images, const ConvNormParameters& parameters,
               const ConvNormOptions& options, const ChannelMoments* given);
  void Forward(ConvNormPool2d& previous, const ConvNormParameters& parameters,
               const ConvNormOptions& options, const ChannelMoments* given);

  // Those that the latest Forward normalised by, and of how many values of each
  // channel they are in training.
  const ChannelMoments& moments() const { return moments_; }
  int64_t values_per_channel() const;

  // output (N×O×H'×W', resized, or in the other order with a border).
  void GetOutput(Tensor<float>& output);
  void GetOutput(int64_t border, ChannelsLast& output) const;

  // The gradient by the output, if no other one's Backward gives it.
  void SetOutputGradient(const Tensor<float>& output_gradient);
  void SetOutputGradient(const ChannelsLast& output_gradient);

  // Adds to the gradients by the parameters, and computes the gradient by the
  // input if `needs_input_gradient`; that goes to the one that Forward had its
  // input from, or else to images_gradient() or channels_last_gradient(), as
  // Forward had its images.
  void Backward(const ConvNormParameters& parameters,
                const ConvNormGradients& gradients, bool needs_input_gradient);
  const Tensor<float>& images_gradient() const { return images_gradient_; }
  const ChannelsLast& channels_last_gradient() const {
    return channels_last_gradient_;
  }

 private:
  void Forward(int64_t batch, const kernels::ImageLayout& input,
               const ConvNormParameters& parameters,
               const ConvNormOptions& options, const ChannelMoments* given);
  // The latest batch's size, and the layout of an image of the output and of
  // its gradient.
  int64_t batch() const;
  kernels::ImageLayout OutputLayout() const;
  // Before so many images of the input are taken at a time; and the input's
  // images from n on, one after the other as forward_ has them, until the next
  // call.
  void StartInput(int64_t count);
  const float* TakeInput(int64_t n, int64_t count);
  // Before the gradients by the input; and that by image n, from the gradient
  // by what it is convolved to.
  void StartInputGradient();
  void ComputeInputGradient(int64_t n, const float* gradient);
  // The output's image n.
  void GiveOutput(int64_t n, const kernels::ImageLayout& layout,
                  float* image) const;
  // Before the gradients by the output come, and after image n's has.
  void StartGradients();
  void AddGradientSums(int64_t n);
  void ComputeMoments();
  void FillMap(const ConvNormParameters& parameters);
  void FillGradientMap(const ConvNormParameters& parameters,
                       const ConvNormGradients& gradients);
  kernels::ChannelMap map() const;

  const bool pool_;
  // Of the latest Forward.
  const Tensor<float>* images_ = nullptr;  // One of these three.
  const ChannelsLast* channels_last_ = nullptr;
  ConvNormPool2d* previous_ = nullptr;
  kernels::DirectConv2dGeometry forward_ = {};
  kernels::DirectConv2dGeometry backward_ = {};
  kernels::NormReluPoolGeometry norm_ = {};
  double epsilon_ = 0;
  bool of_batch_ = true;
  ChannelMoments moments_;

  // Each N×H×W×O, with channels that fill up the last group.
  Tensor<float> convolved_;
  Tensor<float> output_gradient_;
  // By the input.
  Tensor<float> images_gradient_;
  ChannelsLast channels_last_gradient_;
  // For each channel.
  Tensor<float> bias_;
  Tensor<float> map_;           // Rows: center, scale, shift.
  Tensor<float> gradient_map_;  // Rows: gradient scale, input scale, shift.
  Tensor<float> bias_gradient_;
  // Rows: two sums of the kernels', and what values are taken from first.
  Tensor<double> sums_;
  // For an image or a few.
  Tensor<float> input_;
  Tensor<float> gradient_;
  Tensor<float> result_;
  // Of the weights.
  Tensor<float> packed_weights_;
  Tensor<float> weight_sums_;
  Tensor<float> scratch_;
};

}  // namespace minidl

#endif  // MINIDL_TENSOR_CONV_NORM_POOL2D_H_
