#ifndef MINIDL_NN_FLATTEN_H_
#define MINIDL_NN_FLATTEN_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// Each example as one row of features, as torch.nn.Flatten: C×H×W -> CHW, the
// elements in the same order.
template <typename T>
class BasicFlatten : public BasicModule<T> {
 public:
  std::string Description() const override { return "Flatten()"; }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override;
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  std::optional<BasicModuleWork<T>> Work(
      const Shape& /*input*/) const override {
    return this->WorkOf(0, 0, 0);
  }

 private:
  Shape input_shape_;
  Tensor<T> output_;
  Tensor<T> input_gradient_;
};

using Flatten = BasicFlatten<float>;

}  // namespace minidl

#endif  // MINIDL_NN_FLATTEN_H_
