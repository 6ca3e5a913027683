#ifndef MINIDL_TENSOR_LAYER_NORM_H_
#define MINIDL_TENSOR_LAYER_NORM_H_

#include "tensor/tensor.h"

// Normalisation of each row of values, as torch.nn.functional.layer_norm (Ba,
// Kiros and Hinton, 2016). A row is what has the weight's shape: the last
// dimensions of an input (...×weight's). Shapes that do not fit stop the
// program.
namespace minidl {

// Of each row: its mean, and 1 / sqrt(variance + epsilon), where the variance
// is the mean squared deviation.
struct RowMoments {
  Tensor<double> mean;
  Tensor<double> inverse_deviation;
};

// output (resized) = weight z + bias of each row, element by element, where z =
// (input - mean) inverse_deviation. Makes `moments` (resized) the rows'.
template <typename T>
void LayerNormForward(const Tensor<T>& input, const Tensor<T>& weight,
                      const Tensor<T>& bias, double epsilon,
                      RowMoments& moments, Tensor<T>& output);

// From the gradient of a loss by the output of LayerNormForward, of which the
// other arguments are: adds the gradients by weight and bias to weight_gradient
// and bias_gradient, and if `input_gradient` is not null makes it the gradient
// by the input (resized).
template <typename T>
void LayerNormBackward(const Tensor<T>& input, const Tensor<T>& weight,
                       const RowMoments& moments,
                       const Tensor<T>& output_gradient,
                       Tensor<T>& weight_gradient, Tensor<T>& bias_gradient,
                       Tensor<T>* input_gradient);

}  // namespace minidl

#endif  // MINIDL_TENSOR_LAYER_NORM_H_
