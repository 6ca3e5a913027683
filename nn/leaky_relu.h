#ifndef MINIDL_NN_LEAKY_RELU_H_
#define MINIDL_NN_LEAKY_RELU_H_

#include <string>

#include "absl/status/statusor.h"
#include "nn/module.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// y = x where x > 0, and negative_slope x elsewhere, of every element, as
// torch.nn.LeakyReLU. Any shape.
template <typename T>
class BasicLeakyReLU : public BasicModule<T> {
 public:
  explicit BasicLeakyReLU(double negative_slope = 0.01);

  std::string Description() const override;
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return input;
  }
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;

 private:
  const double negative_slope_;
  const Tensor<T>* input_ = nullptr;
  Tensor<T> output_;
  Tensor<T> input_gradient_;
};

using LeakyReLU = BasicLeakyReLU<float>;

}  // namespace minidl

#endif  // MINIDL_NN_LEAKY_RELU_H_
