#ifndef MINIDL_NN_RELU_H_
#define MINIDL_NN_RELU_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// y = max(x, 0) of every element, as torch.nn.ReLU. Any shape.
template <typename T>
class BasicReLU : public BasicModule<T> {
 public:
  std::string Description() const override { return "ReLU()"; }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return input;
  }
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  std::optional<BasicModuleWork<T>> Work(const Shape& input) const override {
    return this->WorkOf(input.num_elements(), 0, input.num_elements());
  }

 private:
  Tensor<T> output_;
  Tensor<T> input_gradient_;
};

using ReLU = BasicReLU<float>;

}  // namespace minidl

#endif  // MINIDL_NN_RELU_H_
