#ifndef MINIDL_TENSOR_ELEMENTWISE_H_
#define MINIDL_TENSOR_ELEMENTWISE_H_

#include "tensor/tensor.h"

// Functions of every element. Results are resized to the shape of their
// arguments; shapes that differ stop the program. NaNs propagate.
namespace minidl {

// output = a b.
template <typename T>
void Multiply(const Tensor<T>& a, const Tensor<T>& b, Tensor<T>& output);

// output = a + b.
template <typename T>
void Add(const Tensor<T>& a, const Tensor<T>& b, Tensor<T>& output);

// output = a - b.
template <typename T>
void Subtract(const Tensor<T>& a, const Tensor<T>& b, Tensor<T>& output);

// sum = sum + terms.
template <typename T>
void AddTo(const Tensor<T>& terms, Tensor<T>& sum);

// output = factor input.
template <typename T>
void Scale(const Tensor<T>& input, T factor, Tensor<T>& output);

// output = the number nearest to input in [-limit, limit]; NaNs stay.
template <typename T>
void Clamp(const Tensor<T>& input, T limit, Tensor<T>& output);

// output = ln input of probabilities, of which those of less than 2^-126 count
// as that: no logarithm is infinite.
template <typename T>
void LogProbability(const Tensor<T>& input, Tensor<T>& output);

// output = max(input, 0).
template <typename T>
void ReluForward(const Tensor<T>& input, Tensor<T>& output);

// input_gradient = 0 where output <= 0, output_gradient elsewhere.
template <typename T>
void ReluBackward(const Tensor<T>& output, const Tensor<T>& output_gradient,
                  Tensor<T>& input_gradient);

// output = input where input > 0, slope input elsewhere.
template <typename T>
void LeakyReluForward(const Tensor<T>& input, T slope, Tensor<T>& output);

// input_gradient = output_gradient where input > 0, slope output_gradient
// elsewhere.
template <typename T>
void LeakyReluBackward(const Tensor<T>& input, const Tensor<T>& output_gradient,
                       T slope, Tensor<T>& input_gradient);

// output = input Φ(input), where Φ(x) = (1 + erf(x / sqrt(2))) / 2 is the
// normal distribution's.
template <typename T>
void GeluForward(const Tensor<T>& input, Tensor<T>& output);

// input_gradient = output_gradient (Φ(input) + input φ(input)), where φ is the
// normal distribution's density.
template <typename T>
void GeluBackward(const Tensor<T>& input, const Tensor<T>& output_gradient,
                  Tensor<T>& input_gradient);

// output = 1 / (1 + exp(-input)).
template <typename T>
void SigmoidForward(const Tensor<T>& input, Tensor<T>& output);

// input_gradient = output_gradient output (1 - output).
template <typename T>
void SigmoidBackward(const Tensor<T>& output, const Tensor<T>& output_gradient,
                     Tensor<T>& input_gradient);

// output = tanh(input).
template <typename T>
void TanhForward(const Tensor<T>& input, Tensor<T>& output);

// input_gradient = output_gradient (1 - output²).
template <typename T>
void TanhBackward(const Tensor<T>& output, const Tensor<T>& output_gradient,
                  Tensor<T>& input_gradient);

// The sum of all elements' squares, in double. Of floats, in one order whatever
// the width of the processor's vectors.
template <typename T>
double SumOfSquares(const Tensor<T>& input);

}  // namespace minidl

#endif  // MINIDL_TENSOR_ELEMENTWISE_H_
