#ifndef MINIDL_NN_INITIALIZATION_H_
#define MINIDL_NN_INITIALIZATION_H_

#include "tensor/generator.h"
#include "tensor/tensor.h"

namespace minidl {

// The distribution of the initial weight and bias of Linear and Conv2d, as
// torch.nn.init has them. fan_in is the number of inputs of one output, and
// fan_out that of outputs of one input: of a weight out×in they are in and out,
// of one O×C×K×K they are C K² and O K².
enum class Initialization {
  // Both uniform within ±1/sqrt(fan_in). In PyTorch the weight's is
  // kaiming_uniform_(weight, a=sqrt(5)).
  kPyTorchDefault,
  // Weight uniform within ±sqrt(6 / (fan_in + fan_out)), or normal with
  // variance 2 / (fan_in + fan_out); bias 0. Glorot and Bengio, 2010,
  // https://proceedings.mlr.press/v9/glorot10a.html.
  kXavierUniform,
  kXavierNormal,
  // Weight uniform within ±sqrt(6 / fan_in), or normal with variance 2 /
  // fan_in; bias 0. He et al., 2015, https://arxiv.org/abs/1502.01852.
  kKaimingUniform,
  kKaimingNormal,
};

// Fills weight (out×in or O×C×K×K) and then bias (out). The values are those
// of PyTorch for the same state of the generator, to the bit as far as
// FillUniform's and FillNormal's are. (torch.nn.Linear has drawn default values
// by the time torch.nn.init gives it others; here those alone are drawn.)
template <typename T>
void Initialize(Initialization initialization, Generator& generator,
                Tensor<T>& weight, Tensor<T>& bias);

}  // namespace minidl

#endif  // MINIDL_NN_INITIALIZATION_H_
