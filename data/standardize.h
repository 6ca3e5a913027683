#ifndef MINIDL_DATA_STANDARDIZE_H_
#define MINIDL_DATA_STANDARDIZE_H_

#include <cstdint>

#include "tensor/tensor.h"

namespace minidl {

// Subtracts from each feature its mean in the training set, and divides by its
// standard deviation (of n - 1) there, in both sets: nothing of the test set
// goes into the figures. A feature that is constant in the training set becomes
// 0 there, and its difference from that constant in the test set is dropped
// too.
//
// The last index of a tensor runs through the `num_features` features; with 1,
// all elements are values of one feature, such as the brightness of pixels.
// Both sizes are multiples of num_features, and the training set has two values
// of each at least.
void Standardize(int64_t num_features, Tensor<float>& training,
                 Tensor<float>& test);

}  // namespace minidl

#endif  // MINIDL_DATA_STANDARDIZE_H_
