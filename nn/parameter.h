#ifndef MINIDL_NN_PARAMETER_H_
#define MINIDL_NN_PARAMETER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// A tensor that is trained, and the gradient of the loss by it.
template <typename T>
struct BasicParameter {
  // Both zero.
  explicit BasicParameter(const Shape& shape) : value(shape), gradient(shape) {}

  Tensor<T> value;
  Tensor<T> gradient;  // Of the same shape.
};

// A parameter and its place in the network, named as PyTorch's state_dict does:
// "3.weight" is the weight of a Sequential's fourth module.
template <typename T>
struct BasicNamedParameter {
  std::string name;
  BasicParameter<T>* parameter;
};

// A buffer: a tensor that is part of a module's state but not trained, such as
// the running statistics of BatchNorm, and its place in the network, named as
// parameters are.
template <typename T>
struct BasicNamedBuffer {
  std::string name;
  Tensor<T>* tensor;
};

// How many numbers `parameters` hold.
template <typename T>
int64_t NumElements(const std::vector<BasicNamedParameter<T>>& parameters) {
  int64_t count = 0;
  for (const auto& named : parameters) count += named.parameter->value.size();
  return count;
}

using Parameter = BasicParameter<float>;
using NamedParameter = BasicNamedParameter<float>;
using NamedBuffer = BasicNamedBuffer<float>;

}  // namespace minidl

#endif  // MINIDL_NN_PARAMETER_H_
