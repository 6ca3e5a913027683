#ifndef MINIDL_TENSOR_BATCH_NORM_H_
#define MINIDL_TENSOR_BATCH_NORM_H_

#include <cstdint>

#include "tensor/shape.h"
#include "tensor/tensor.h"

// Normalisation of each channel of a batch, N×C or N×C×..., as
// torch.nn.functional.batch_norm (Ioffe and Szegedy, 2015). Shapes that do not
// fit stop the program.
namespace minidl {

// Of each of C channels: mean, and mean squared deviation from it. In double,
// from which also a mean of thousands of deviations loses nothing.
struct ChannelMoments {
  Tensor<double> mean;
  Tensor<double> variance;
};

// How many values each channel of a batch of this shape has.
int64_t ValuesPerChannel(const Shape& batch);

// As in training. Makes `moments` (resized) those of the channels of `input`,
// which have a value each at least, and output (resized) from input
//
//   y = weight (x - mean) / sqrt(variance + epsilon) + bias,
//
// with the channel's own numbers; weight and bias have shape C.
template <typename T>
void BatchNormForward(const Tensor<T>& input, const Tensor<T>& weight,
                      const Tensor<T>& bias, double epsilon,
                      ChannelMoments& moments, Tensor<T>& output);

// As in evaluation: the same with moments that are given.
template <typename T>
void BatchNormEvaluate(const Tensor<T>& input, const Tensor<T>& weight,
                       const Tensor<T>& bias, double epsilon,
                       const ChannelMoments& moments, Tensor<T>& output);

// From the gradient of a loss by the output of BatchNormForward, of which the
// other arguments are: adds the gradients by weight and bias to weight_gradient
// and bias_gradient, and if `input_gradient` is not null makes it the gradient
// by the input (resized).
template <typename T>
void BatchNormBackward(const Tensor<T>& input, const Tensor<T>& weight,
                       double epsilon, const ChannelMoments& moments,
                       const Tensor<T>& output_gradient,
                       Tensor<T>& weight_gradient, Tensor<T>& bias_gradient,
                       Tensor<T>* input_gradient);

// The same for BatchNormEvaluate, whose moments do not depend on the input.
template <typename T>
void BatchNormEvaluateBackward(const Tensor<T>& input, const Tensor<T>& weight,
                               double epsilon, const ChannelMoments& moments,
                               const Tensor<T>& output_gradient,
                               Tensor<T>& weight_gradient,
                               Tensor<T>& bias_gradient,
                               Tensor<T>* input_gradient);

}  // namespace minidl

#endif  // MINIDL_TENSOR_BATCH_NORM_H_
