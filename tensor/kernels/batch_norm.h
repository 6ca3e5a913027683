#ifndef MINIDL_TENSOR_KERNELS_BATCH_NORM_H_
#define MINIDL_TENSOR_KERNELS_BATCH_NORM_H_

#include <cstdint>

// Statistics and linear functions of channels: vectorised for float, plain
// loops for double. NaNs propagate.
namespace minidl::kernels {

// Some neighbouring channels of a batch: element i of channel c of example n
// is at n stride + c length + i.
struct Channels {
  int64_t examples;
  int64_t stride;  // From an example to the next.
  int64_t channels;
  int64_t length;  // Of a channel of an example.

  // How many values a channel has.
  int64_t size() const { return examples * length; }
};

// The mean of each channel's values, of which there is at least one, and their
// variance, the mean squared deviation.
void ChannelMoments(const Channels& channels, const float* input, double* mean,
                    double* variance);
void ChannelMoments(const Channels& channels, const double* input, double* mean,
                    double* variance);

// Mean and variance of n values, from the sums of x - origin and of its square,
// where the origin is one of the values: its squared distance from the mean is
// at most n times the variance, so that the difference loses no more than a
// factor n of double's precision, whatever the values.
struct Moments {
  double mean;
  double variance;
};
inline Moments MomentsFromSums(double n, double origin, double sum,
                               double sum_of_squares) {
  const double offset = sum / n;
  const double rounded = sum_of_squares / n - offset * offset;
  return {origin + offset, rounded < 0 ? 0 : rounded};  // A NaN stays.
}

// output = scale (input - center) + shift, with numbers of each channel's own.
// The output's elements are where the input's are.
void MapChannels(const Channels& channels, const float* input,
                 const float* center, const float* scale, const float* shift,
                 float* output);
void MapChannels(const Channels& channels, const double* input,
                 const double* center, const double* scale, const double* shift,
                 double* output);

// Of each channel, the sum of its gradients, and that of the products gradient
// (input - mean).
void ChannelGradientSums(const Channels& channels, const float* input,
                         const double* mean, const float* gradient, double* sum,
                         double* product_sum);
void ChannelGradientSums(const Channels& channels, const double* input,
                         const double* mean, const double* gradient,
                         double* sum, double* product_sum);

// input_gradient = gradient_scale gradient + input_scale (input - center) +
// shift, with numbers of each channel's own.
void MapChannelGradients(const Channels& channels, const float* input,
                         const float* center, const float* gradient,
                         const float* gradient_scale, const float* input_scale,
                         const float* shift, float* input_gradient);
void MapChannelGradients(const Channels& channels, const double* input,
                         const double* center, const double* gradient,
                         const double* gradient_scale,
                         const double* input_scale, const double* shift,
                         double* input_gradient);

}  // namespace minidl::kernels

#endif  // MINIDL_TENSOR_KERNELS_BATCH_NORM_H_
