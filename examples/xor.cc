// Trains a network of 2 -> 8 -> 1 units to tell whether just one of two bits is
// set.

#include <cstdio>

#include "nn/nn.h"

int main() {
  minidl::Generator generator(/*seed=*/0);
  minidl::Sequential network;
  network.Emplace<minidl::Linear>(2, 8, generator);
  network.Emplace<minidl::Tanh>();
  network.Emplace<minidl::Linear>(8, 1, generator);

  const minidl::Tensor<float> bits({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1});
  const minidl::Tensor<float> one_is_set({4, 1}, {0, 1, 1, 0});

  minidl::SGD::Options options;
  options.learning_rate = 0.1;
  options.momentum = 0.9;
  minidl::SGD sgd(network.Parameters(), options);
  minidl::LossMSE loss;
  for (int step = 1; step <= 100; ++step) {
    sgd.ZeroGradients();
    const double value = loss.Forward(network.Forward(bits), one_is_set);
    network.Backward(loss.Backward());
    sgd.Step();
    if (step % 20 == 0) std::printf("step %d: loss %.4f\n", step, value);
  }

  const minidl::Tensor<float>& output = network.Forward(bits);
  for (int i = 0; i < 4; ++i) {
    std::printf("%g xor %g = %d\n", bits(i, 0), bits(i, 1), output(i, 0) > 0.5);
  }
}
