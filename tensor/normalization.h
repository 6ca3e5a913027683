#ifndef MINIDL_TENSOR_NORMALIZATION_H_
#define MINIDL_TENSOR_NORMALIZATION_H_

#include <cmath>

// The linear functions that batch normalisation is for one channel, whose
// values x have a mean and a variance (Ioffe and Szegedy, 2015).
namespace minidl {

struct Normalization {
  double mean;
  double variance;
  double epsilon;  // Added to the variance.

  double inverse_deviation() const { return 1 / std::sqrt(variance + epsilon); }
};

// y = weight (x - mean) / sqrt(variance + epsilon) + bias
//   = scale (x - center) + shift.
// Large means cancel before anything is rounded: what the nearest T lacks to a
// mean is in the shift.
template <typename T>
struct NormalizationMap {
  NormalizationMap(const Normalization& of, double weight, double bias) {
    const double factor = weight * of.inverse_deviation();
    center = static_cast<T>(of.mean);
    scale = static_cast<T>(factor);
    shift = static_cast<T>(bias + factor * (double{center} - of.mean));
  }
  T center;
  T scale;
  T shift;
};

// Sums over a channel's `size` values: of the gradients by y, and of their
// products with x - mean.
struct NormalizationGradientSums {
  double gradients;
  double products;
  double size;
};

// The gradient by x of all y, which depend on it through mean and variance,
// too: gradient_scale (gradient by y) + input_scale (x - center) + shift.
template <typename T>
struct NormalizationGradientMap {
  NormalizationGradientMap(const Normalization& of, double weight,
                           const NormalizationGradientSums& sums) {
    // The means of the gradients and of their products with the deviations come
    // from the mean's and the deviation's dependence on x.
    const double inverse = of.inverse_deviation();
    const double factor = weight * inverse;
    const double slope =
        -factor * inverse * inverse * sums.products / sums.size;
    center = static_cast<T>(of.mean);
    gradient_scale = static_cast<T>(factor);
    input_scale = static_cast<T>(slope);
    shift = static_cast<T>(-factor * sums.gradients / sums.size +
                           slope * (double{center} - of.mean));
  }
  T center;
  T gradient_scale;
  T input_scale;
  T shift;
};

}  // namespace minidl

#endif  // MINIDL_TENSOR_NORMALIZATION_H_
