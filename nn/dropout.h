#ifndef MINIDL_NN_DROPOUT_H_
#define MINIDL_NN_DROPOUT_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "tensor/generator.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// In training, zeroes each element with a probability and scales the others by
// 1 / (1 - probability), so that the mean stays; in evaluation, nothing. As
// torch.nn.Dropout (Srivastava et al., 2014), with random numbers of our own.
// Any shape.
template <typename T>
class BasicDropout : public BasicModule<T> {
 public:
  // 0 <= probability < 1. Draws one uniform number for each element of every
  // batch from `generator`, which must outlive the module.
  BasicDropout(double probability, Generator& generator);

  std::string Description() const override;
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override {
    return input;
  }
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  std::optional<BasicModuleWork<T>> Work(const Shape& input) const override {
    return this->WorkOf(input.num_elements(), 0, input.num_elements());
  }
  void SetTraining(bool training) override { training_ = training; }

 private:
  const double probability_;
  Generator& generator_;
  bool training_ = true;
  Tensor<T> factors_;  // Of the latest batch in training: 0 or the scale.
  Tensor<T> output_;
  Tensor<T> input_gradient_;
};

using Dropout = BasicDropout<float>;

}  // namespace minidl

#endif  // MINIDL_NN_DROPOUT_H_
