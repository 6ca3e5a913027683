#ifndef MINIDL_BENCHMARKS_LAYER_SHAPES_H_
#define MINIDL_BENCHMARKS_LAYER_SHAPES_H_

#include <cstdint>

#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
#include "tensor/windows.h"

// The layers that are measured one by one. Another line in an array is another
// layer in //benchmarks:kernels and in //benchmarks:versus_libtorch.
namespace minidl {

// A convolution with stride 1 of square images.
struct ConvolutionShape {
  const char* name;
  int64_t batch;
  int64_t channels;
  int64_t size;  // Height and width of an image.
  int64_t out_channels;
  int64_t kernel_size;
  int64_t padding;
  // Whether it is not the first layer of its network.
  bool needs_input_gradient;

  int64_t out_size() const {
    return NumWindows(size, kernel_size, /*stride=*/1, padding);
  }
  Shape input_shape() const { return {batch, channels, size, size}; }
  Shape weight_shape() const {
    return {out_channels, channels, kernel_size, kernel_size};
  }
  // After max-pooling of 2×2 windows.
  Shape output_shape() const {
    return {batch, out_channels, out_size() / 2, out_size() / 2};
  }

  // Operations of the forward pass, a multiply-add being two. The way back has
  // as many for the weights and, if it is needed, for the input.
  double flops() const {
    return 2.0 *
           static_cast<double>(batch * out_size() * out_size() * out_channels *
                               channels * kernel_size * kernel_size);
  }
  double backward_flops() const {
    return (needs_input_gradient ? 2 : 1) * flops();
  }
};

inline constexpr ConvolutionShape kConvolutionShapes[] = {
    {"w1_conv1", 100, 2, 14, 32, 3, 0, false},
    {"w1_conv2", 100, 32, 6, 64, 3, 0, true},
    {"w2_conv1", 200, 1, 14, 32, 3, 0, false},
    {"w2_conv2", 200, 32, 6, 64, 3, 0, true},
    {"lenet_conv1", 128, 1, 28, 6, 5, 2, false},
    {"lenet_conv2", 128, 6, 14, 16, 5, 0, true},
    {"mnist_conv1", 128, 1, 28, 32, 3, 0, false},
    {"mnist_conv2", 128, 32, 14, 64, 3, 0, true},
};

// Convolutions that nothing is fused with, of a network on pairs of digits that
// normalises after each of them.
inline constexpr ConvolutionShape kPlainConvolutionShapes[] = {
    {"normalized_conv1", 200, 1, 14, 32, 3, 1, false},
    {"normalized_conv2", 200, 32, 14, 32, 3, 1, true},
    {"normalized_conv3", 200, 32, 7, 64, 3, 1, true},
    {"normalized_conv4", 200, 64, 7, 64, 3, 1, true},
};

// An affine map of a batch, which is not the first layer of its network.
struct LinearShape {
  const char* name;
  int64_t batch;
  int64_t in_features;
  int64_t out_features;

  double flops() const {
    return 2.0 * static_cast<double>(batch * in_features * out_features);
  }
  double backward_flops() const { return 2 * flops(); }
};

inline constexpr LinearShape kLinearShapes[] = {
    {"w1_fc1", 100, 256, 200},    {"w1_fc2", 100, 200, 2},
    {"w2_fc1", 200, 256, 100},    {"w2_fc2", 200, 100, 10},
    {"lenet_fc1", 128, 400, 120}, {"lenet_fc2", 128, 120, 84},
    {"lenet_fc3", 128, 84, 10},
};

// Numbers uniform in [-1, 1), the same for the same shape.
inline Tensor<float> RandomTensor(const Shape& shape) {
  Tensor<float> tensor(shape);
  Generator generator(/*seed=*/0);
  FillUniform(-1, 1, generator, tensor);
  return tensor;
}

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_LAYER_SHAPES_H_
