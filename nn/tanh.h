#ifndef MINIDL_NN_TANH_H_
#define MINIDL_NN_TANH_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// y = tanh(x) of every element, as torch.nn.Tanh. Any shape.
template <typename T>
class BasicTanh : public BasicModule<T> {
 public:
  std::string Description() const override { return "Tanh()"; }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return input;
  }
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  std::optional<BasicModuleWork<T>> Work(const Shape& input) const override {
    return this->WorkOf(input.num_elements(), 0, 3 * input.num_elements());
  }

 private:
  Tensor<T> output_;
  Tensor<T> input_gradient_;
};

using Tanh = BasicTanh<float>;

}  // namespace minidl

#endif  // MINIDL_NN_TANH_H_
