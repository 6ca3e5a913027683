#ifndef MINIDL_NN_SIGMOID_H_
#define MINIDL_NN_SIGMOID_H_

#include <string>

#include "absl/status/statusor.h"
#include "nn/module.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// y = 1 / (1 + exp(-x)) of every element, as torch.nn.Sigmoid. Any shape.
template <typename T>
class BasicSigmoid : public BasicModule<T> {
 public:
  std::string Description() const override { return "Sigmoid()"; }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return input;
  }
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;

 private:
  Tensor<T> output_;
  Tensor<T> input_gradient_;
};

using Sigmoid = BasicSigmoid<float>;

}  // namespace minidl

#endif  // MINIDL_NN_SIGMOID_H_
