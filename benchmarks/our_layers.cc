#include "benchmarks/our_layers.h"

#include <memory>

#include "benchmarks/layer.h"
#include "benchmarks/layer_shapes.h"
#include "tensor/channels_last.h"
#include "tensor/conv_pool2d.h"
#include "tensor/linear.h"
#include "tensor/tensor.h"

namespace minidl {
namespace {

class Convolution : public Layer {
 public:
  explicit Convolution(const ConvolutionShape& shape)
      : shape_(shape),
        weight_(RandomTensor(shape.weight_shape())),
        bias_(RandomTensor({shape.out_channels})),
        weight_gradient_(weight_.shape()),
        bias_gradient_(bias_.shape()) {
    ToChannelsLast(
        RandomTensor(shape.input_shape()),
        ConvPool2d::InputStride(shape.channels, shape.needs_input_gradient),
        shape.padding, input_);
    Forward();
    ToChannelsLast(RandomTensor(shape.output_shape()), output_.stride(),
                   output_.border(), output_gradient_);
  }

  void Forward() override {
    operation_.Forward(input_, weight_, bias_, /*relu=*/true,
                       /*output_border=*/0, output_);
  }

  void Backward() override {
    operation_.Backward(
        input_, weight_, output_gradient_, weight_gradient_, bias_gradient_,
        shape_.needs_input_gradient ? &input_gradient_ : nullptr);
  }

  Tensor<float> Output() const override {
    Tensor<float> output;
    FromChannelsLast(output_, output);
    return output;
  }

 private:
  const ConvolutionShape shape_;
  ConvPool2d operation_;
  ChannelsLast input_;
  Tensor<float> weight_;
  Tensor<float> bias_;
  ChannelsLast output_;
  ChannelsLast output_gradient_;
  Tensor<float> weight_gradient_;
  Tensor<float> bias_gradient_;
  ChannelsLast input_gradient_;
};

class Affine : public Layer {
 public:
  explicit Affine(const LinearShape& shape)
      : input_(RandomTensor({shape.batch, shape.in_features})),
        weight_(RandomTensor({shape.out_features, shape.in_features})),
        bias_(RandomTensor({shape.out_features})),
        output_gradient_(RandomTensor({shape.batch, shape.out_features})),
        weight_gradient_(weight_.shape()),
        bias_gradient_(bias_.shape()) {}

  void Forward() override {
    LinearForward(input_, weight_, bias_, output_, workspace_);
  }

  void Backward() override {
    LinearBackward(input_, weight_, output_gradient_, weight_gradient_,
                   bias_gradient_, &input_gradient_, workspace_);
  }

  Tensor<float> Output() const override { return output_.Clone(); }

 private:
  const Tensor<float> input_;
  const Tensor<float> weight_;
  const Tensor<float> bias_;
  Tensor<float> output_;
  const Tensor<float> output_gradient_;
  Tensor<float> weight_gradient_;
  Tensor<float> bias_gradient_;
  Tensor<float> input_gradient_;
  Tensor<float> workspace_;
};

}  // namespace

std::unique_ptr<Layer> MakeOurLayer(const ConvolutionShape& shape) {
  return std::make_unique<Convolution>(shape);
}

std::unique_ptr<Layer> MakeOurLayer(const LinearShape& shape) {
  return std::make_unique<Affine>(shape);
}

}  // namespace minidl
