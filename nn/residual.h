#ifndef MINIDL_NN_RESIDUAL_H_
#define MINIDL_NN_RESIDUAL_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// y = layers(x) + shortcut(x), which have the same shape (He et al., 2016,
// https://arxiv.org/abs/1512.03385). It owns both. Parameters and buffers are
// named after "layers." and "shortcut.".
template <typename T>
class BasicResidual : public BasicModule<T> {
 public:
  // Without a shortcut, x itself is added.
  explicit BasicResidual(std::unique_ptr<BasicModule<T>> layers,
                         std::unique_ptr<BasicModule<T>> shortcut = nullptr);

  const BasicModule<T>& layers() const { return *layers_; }
  // Null if it is x itself.
  const BasicModule<T>* shortcut() const { return shortcut_.get(); }

  std::string Description() const override;
  // An error names both shapes where they differ.
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override;
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  void AppendParameters(
      const std::string& prefix,
      std::vector<BasicNamedParameter<T>>* parameters) override;
  void AppendBuffers(const std::string& prefix,
                     std::vector<BasicNamedBuffer<T>>* buffers) override;
  absl::Status CheckTrainingBatch(const std::string& path,
                                  const Shape& batch) const override;
  void SetTraining(bool training) override;
  void SetNeedsInputGradient(bool needed) override;

 private:
  const std::unique_ptr<BasicModule<T>> layers_;
  const std::unique_ptr<BasicModule<T>> shortcut_;
  Tensor<T> output_;
  Tensor<T> input_gradient_;
};

using Residual = BasicResidual<float>;

}  // namespace minidl

#endif  // MINIDL_NN_RESIDUAL_H_
