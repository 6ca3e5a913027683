#ifndef MINIDL_NN_INITIALIZATION_H_
#define MINIDL_NN_INITIALIZATION_H_

#include <cstdint>

#include "tensor/generator.h"
#include "tensor/tensor.h"

namespace minidl {

// PyTorch's default initial values of Linear and Conv2d, to the bit for the
// same state of the generator: weight, then bias, uniform within
// ±1/sqrt(fan_in), where fan_in is the number of inputs of one output: weight
// (out×in or O×C×K×K), bias (out).
//
// In PyTorch it is kaiming_uniform_(weight, a=sqrt(5)), of bound gain sqrt(3 /
// fan_in) with gain sqrt(2 / (1 + a²)): He et al., 2015,
// https://arxiv.org/abs/1502.01852.
template <typename T>
void InitializeUniform(Generator& generator, Tensor<T>& weight,
                       Tensor<T>& bias);

}  // namespace minidl

#endif  // MINIDL_NN_INITIALIZATION_H_
