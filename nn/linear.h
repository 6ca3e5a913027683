#ifndef MINIDL_NN_LINEAR_H_
#define MINIDL_NN_LINEAR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nn/initialization.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "nn/parameter.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// y = x W^T + b, as torch.nn.Linear: in_features -> out_features. Parameters
// "weight" (out×in) and "bias" (out).
template <typename T>
class BasicLinear : public BasicModule<T> {
 public:
  BasicLinear(int64_t in_features, int64_t out_features, Generator& generator,
              Initialization initialization = Initialization::kPyTorchDefault);

  std::string Description() const override;
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override;
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  std::optional<BasicModuleWork<T>> Work(const Shape& input) const override;
  void AppendParameters(
      const std::string& prefix,
      std::vector<BasicNamedParameter<T>>* parameters) override;

 private:
  const int64_t in_features_;
  const int64_t out_features_;
  BasicParameter<T> weight_;
  BasicParameter<T> bias_;
  const Tensor<T>* input_ = nullptr;
  Tensor<T> output_;
  Tensor<T> input_gradient_;
  Tensor<T> workspace_;
};

using Linear = BasicLinear<float>;

}  // namespace minidl

#endif  // MINIDL_NN_LINEAR_H_
