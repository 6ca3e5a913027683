#ifndef MINIDL_TENSOR_KERNELS_LAYER_NORM_H_
#define MINIDL_TENSOR_KERNELS_LAYER_NORM_H_

#include <cstdint>

// Normalisation of rows of `size` values: vectorised for float, plain loops for
// double. NaNs propagate. The normalised value of x is
//
//   z = (x - mean) inverse_deviation,
//
// with numbers of each row's own.
namespace minidl::kernels {

// output = weight z + bias, with a weight and a bias for each column.
void LayerNormForward(int64_t rows, int64_t size, const float* input,
                      const double* mean, const double* inverse_deviation,
                      const float* weight, const float* bias, float* output);
void LayerNormForward(int64_t rows, int64_t size, const double* input,
                      const double* mean, const double* inverse_deviation,
                      const double* weight, const double* bias, double* output);

// Adds to each column's weight_gradient the sum of output_gradient z, and to
// its bias_gradient that of output_gradient.
void LayerNormWeightGradients(int64_t rows, int64_t size, const float* input,
                              const double* mean,
                              const double* inverse_deviation,
                              const float* output_gradient,
                              float* weight_gradient, float* bias_gradient);
void LayerNormWeightGradients(int64_t rows, int64_t size, const double* input,
                              const double* mean,
                              const double* inverse_deviation,
                              const double* output_gradient,
                              double* weight_gradient, double* bias_gradient);

// input_gradient = inverse_deviation (g - the row's mean of g - z times its
// mean of g z), where g = weight output_gradient.
void LayerNormInputGradient(int64_t rows, int64_t size, const float* input,
                            const double* mean, const double* inverse_deviation,
                            const float* weight, const float* output_gradient,
                            float* input_gradient);
void LayerNormInputGradient(int64_t rows, int64_t size, const double* input,
                            const double* mean, const double* inverse_deviation,
                            const double* weight, const double* output_gradient,
                            double* input_gradient);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_LAYER_NORM_H_
