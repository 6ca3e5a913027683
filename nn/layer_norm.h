#ifndef MINIDL_NN_LAYER_NORM_H_
#define MINIDL_NN_LAYER_NORM_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "tensor/layer_norm.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// Normalises each example over its last dimensions, those of `normalized_shape`
// (Ba, Kiros and Hinton, 2016), as torch.nn.LayerNorm:
//
//   y = weight (x - mean) / sqrt(variance + epsilon) + bias.
//
// Examples have shape ...×normalized_shape: mean and variance are those of the
// values, divided by their number, at one place of the dimensions before;
// weight and bias belong to the places in the last ones. In training and in
// evaluation the same. Parameters "weight" (normalized_shape), initially 1, and
// "bias" (normalized_shape), initially 0.
template <typename T>
class BasicLayerNorm : public BasicModule<T> {
 public:
  static constexpr double kDefaultEpsilon = 1e-5;

  // `normalized_shape` has a dimension at least, and no size 0; epsilon > 0.
  explicit BasicLayerNorm(const Shape& normalized_shape,
                          double epsilon = kDefaultEpsilon);

  std::string Description() const override;
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override;
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  void AppendParameters(
      const std::string& prefix,
      std::vector<BasicNamedParameter<T>>* parameters) override;

 private:
  const double epsilon_;
  BasicParameter<T> weight_;
  BasicParameter<T> bias_;
  const Tensor<T>* input_ = nullptr;
  RowMoments moments_;
  Tensor<T> output_;
  Tensor<T> input_gradient_;
};

using LayerNorm = BasicLayerNorm<float>;

}  // namespace minidl

#endif  // MINIDL_NN_LAYER_NORM_H_
