#ifndef MINIDL_DATA_STANDARDIZE_H_
#define MINIDL_DATA_STANDARDIZE_H_

#include <cstdint>
#include <vector>

#include "tensor/tensor.h"

namespace minidl {

// What Standardize has found of a feature, and does to it: x becomes (x - mean)
// (1 / deviation), in double precision, rounded; 0 if the deviation is 0.
struct Standardization {
  double mean = 0;
  double deviation = 1;

  // Does the same to `values` of the feature.
  void Apply(Tensor<float>& values) const;

  // What becomes of one value.
  float Of(float value) const;
};

// Subtracts from each feature its mean in the training set, and divides by its
// standard deviation (of n - 1) there, in both sets: nothing of the test set
// goes into the figures. A feature that is constant in the training set becomes
// 0 there, and its difference from that constant in the test set is dropped
// too. Returns what was done to each feature.
//
// The last index of a tensor runs through the `num_features` features; with 1,
// all elements are values of one feature, such as the brightness of pixels.
// Both sizes are multiples of num_features, and the training set has two values
// of each at least.
std::vector<Standardization> Standardize(int64_t num_features,
                                         Tensor<float>& training,
                                         Tensor<float>& test);

}  // namespace minidl

#endif  // MINIDL_DATA_STANDARDIZE_H_
