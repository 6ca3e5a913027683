#ifndef MINIDL_TENSOR_KERNELS_ELEMENTWISE_H_
#define MINIDL_TENSOR_KERNELS_ELEMENTWISE_H_

#include <cstdint>

// Functions of arrays of n numbers, element by element: vectorised for float,
// plain loops for double. NaNs propagate. An output may be an input.
namespace minidl::kernels {

// output = a b.
void Multiply(int64_t n, const float* a, const float* b, float* output);
void Multiply(int64_t n, const double* a, const double* b, double* output);

// output = a + b.
void Add(int64_t n, const float* a, const float* b, float* output);
void Add(int64_t n, const double* a, const double* b, double* output);

// output = a - b.
void Subtract(int64_t n, const float* a, const float* b, float* output);
void Subtract(int64_t n, const double* a, const double* b, double* output);

// sum = sum + terms.
void AddTo(int64_t n, const float* terms, float* sum);
void AddTo(int64_t n, const double* terms, double* sum);

// output = factor input.
void Scale(int64_t n, const float* input, float factor, float* output);
void Scale(int64_t n, const double* input, double factor, double* output);

// output = the number nearest to input in [-limit, limit]. NaNs stay.
void Clamp(int64_t n, const float* input, float limit, float* output);
void Clamp(int64_t n, const double* input, double limit, double* output);

// output = 0 where input < threshold, height elsewhere.
void Step(int64_t n, const float* input, float threshold, float height,
          float* output);
void Step(int64_t n, const double* input, double threshold, double height,
          double* output);

// output = ln input of a probability: those of less than 2^-126 count as that,
// so that no logarithm is infinite. NaNs stay.
void LogProbability(int64_t n, const float* input, float* output);
void LogProbability(int64_t n, const double* input, double* output);

// output = max(input, 0).
void ReluForward(int64_t n, const float* input, float* output);
void ReluForward(int64_t n, const double* input, double* output);

// input_gradient = 0 where output <= 0, output_gradient elsewhere.
void ReluBackward(int64_t n, const float* output, const float* output_gradient,
                  float* input_gradient);
void ReluBackward(int64_t n, const double* output,
                  const double* output_gradient, double* input_gradient);

// output = input where input > 0, slope input elsewhere.
void LeakyReluForward(int64_t n, const float* input, float slope,
                      float* output);
void LeakyReluForward(int64_t n, const double* input, double slope,
                      double* output);

// input_gradient = output_gradient where input > 0, slope output_gradient
// elsewhere.
void LeakyReluBackward(int64_t n, const float* input,
                       const float* output_gradient, float slope,
                       float* input_gradient);
void LeakyReluBackward(int64_t n, const double* input,
                       const double* output_gradient, double slope,
                       double* input_gradient);

// output = input Φ(input), where Φ(x) = (1 + erf(x / sqrt(2))) / 2 is the
// normal distribution's. Of floats within 5 units in the last place, and 0
// where it is smaller than normal floats are.
void GeluForward(int64_t n, const float* input, float* output);
void GeluForward(int64_t n, const double* input, double* output);

// input_gradient = output_gradient (Φ(input) + input φ(input)), where φ is the
// normal distribution's density. Of floats, the factor is within 2^-22.
void GeluBackward(int64_t n, const float* input, const float* output_gradient,
                  float* input_gradient);
void GeluBackward(int64_t n, const double* input, const double* output_gradient,
                  double* input_gradient);

// output = 1 / (1 + exp(-input)), of floats within 2.5 units in the last place
// where input >= -87, and 0 where it is less.
void SigmoidForward(int64_t n, const float* input, float* output);
void SigmoidForward(int64_t n, const double* input, double* output);

// input_gradient = output_gradient output (1 - output).
void SigmoidBackward(int64_t n, const float* output,
                     const float* output_gradient, float* input_gradient);
void SigmoidBackward(int64_t n, const double* output,
                     const double* output_gradient, double* input_gradient);

// output = tanh(input), of floats within 2.5 units in the last place.
void TanhForward(int64_t n, const float* input, float* output);
void TanhForward(int64_t n, const double* input, double* output);

// input_gradient = output_gradient (1 - output²).
void TanhBackward(int64_t n, const float* output, const float* output_gradient,
                  float* input_gradient);
void TanhBackward(int64_t n, const double* output,
                  const double* output_gradient, double* input_gradient);

// Sum of n numbers. Of floats, 16 running sums, of every sixteenth number each,
// are added up in the end, the later half to the earlier one until one is left:
// one order, whatever the width of the processor's vectors.
float Sum(int64_t n, const float* values);
double Sum(int64_t n, const double* values);

// Sum of the squares of n numbers, in double and in the order of Sum.
double SumOfSquares(int64_t n, const float* values);
double SumOfSquares(int64_t n, const double* values);

// sums[j] += the sum of column j of the rows×cols matrix, row after row.
void AddColumnSums(int64_t rows, int64_t cols, const float* matrix,
                   float* sums);
void AddColumnSums(int64_t rows, int64_t cols, const double* matrix,
                   double* sums);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_ELEMENTWISE_H_
