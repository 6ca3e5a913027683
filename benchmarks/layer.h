#ifndef MINIDL_BENCHMARKS_LAYER_H_
#define MINIDL_BENCHMARKS_LAYER_H_

#include "tensor/tensor.h"

namespace minidl {

// A layer with input, weights and the gradient of its output filled in, in
// whatever order it likes best, so that calls are what is measured.
class Layer {
 public:
  virtual ~Layer() = default;

  // A convolution with its bias, 2×2 max-pooling and ReLU; or an affine map.
  virtual void Forward() = 0;
  // The way back through all of it, to the weights, the bias and, if the shape
  // says so, the input. After Forward.
  virtual void Backward() = 0;

  // The output as a tensor N×O×H×W or N×O.
  virtual Tensor<float> Output() const = 0;
};

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_LAYER_H_
