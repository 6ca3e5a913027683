#ifndef MINIDL_NN_GELU_H_
#define MINIDL_NN_GELU_H_

#include <string>

#include "absl/status/statusor.h"
#include "nn/module.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// y = x Φ(x) of every element, as torch.nn.GELU, where Φ is the normal
// distribution: the exact function, not the approximation by tanh. Any shape.
template <typename T>
class BasicGELU : public BasicModule<T> {
 public:
  std::string Description() const override { return "GELU()"; }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return input;
  }
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;

 private:
  const Tensor<T>* input_ = nullptr;
  Tensor<T> output_;
  Tensor<T> input_gradient_;
};

using GELU = BasicGELU<float>;

}  // namespace minidl

#endif  // MINIDL_NN_GELU_H_
