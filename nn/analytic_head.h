#ifndef MINIDL_NN_ANALYTIC_HEAD_H_
#define MINIDL_NN_ANALYTIC_HEAD_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// Compares two images by what their classes say, without parameters: from the C
// class logits of the first image and then those of the second, 2C -> 2, to
// ln P(first > second) and ln P(first <= second), where P(first <= second) is
// the sum over i <= j of P(first = i) P(second = j). Both are logits of the
// comparison: their softmax is the probabilities themselves.
template <typename T>
class BasicAnalyticHead : public BasicModule<T> {
 public:
  std::string Description() const override { return "AnalyticHead()"; }
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override;
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  std::optional<BasicModuleWork<T>> Work(const Shape& input) const override;

 private:
  Tensor<T> output_;
  // Gradients by the input of the two outputs, and of the loss.
  Tensor<T> greater_;
  Tensor<T> less_equal_;
  Tensor<T> input_gradient_;
  Tensor<T> workspace_;
};

using AnalyticHead = BasicAnalyticHead<float>;

}  // namespace minidl

#endif  // MINIDL_NN_ANALYTIC_HEAD_H_
