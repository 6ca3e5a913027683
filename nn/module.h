#ifndef MINIDL_NN_MODULE_H_
#define MINIDL_NN_MODULE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nn/module_work.h"
#include "nn/parameter.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// A differentiable function of a batch, with parameters: a layer, or a network
// of them. Every module is a template of its number type; networks are trained
// in float (Module), gradients are checked in double.
//
// A training step is
//
//   optimizer.ZeroGradients();
//   const double value = loss.Forward(network.Forward(input), target);
//   network.Backward(loss.Backward());
//   optimizer.Step();
//
// A module owns the tensors it returns, and reuses them in the next step: once
// it has seen its largest batch it allocates no more memory. It keeps a
// reference to its input between Forward and Backward, and is called once a
// step: to apply the same weights twice, fold both inputs into one batch.
//
// Shapes that do not fit stop the program; OutputShape tells before.
template <typename T>
class BasicModule {
 public:
  BasicModule() = default;
  BasicModule(const BasicModule&) = delete;
  BasicModule& operator=(const BasicModule&) = delete;
  virtual ~BasicModule() = default;

  // What it is and its sizes, as "Linear(256, 200)".
  virtual std::string Description() const = 0;

  // The shape of an example's output where its input has shape `input`, both
  // without the batch dimension. InvalidArgument if such an input does not fit.
  virtual absl::StatusOr<Shape> OutputShape(const Shape& input) const = 0;

  // The output for a batch of N examples, N×(input shape) to N×(output shape).
  // `input` must neither change nor go before Backward; the result stays until
  // the next Forward.
  virtual const Tensor<T>& Forward(const Tensor<T>& input) = 0;

  // From the gradient of the loss by the output of the latest Forward: adds the
  // gradients by the parameters to theirs, and returns the gradient by the
  // input, which stays until the next Backward. If the input's gradient is not
  // needed, the result is unspecified.
  virtual const Tensor<T>& Backward(const Tensor<T>& output_gradient) = 0;

  // Appends the parameters, each name after `prefix`.
  virtual void AppendParameters(
      const std::string& /*prefix*/,
      std::vector<BasicNamedParameter<T>>* /*parameters*/) {}

  // Appends the buffers, each name after `prefix`. Together with the parameters
  // they are all that a trained module's outputs in evaluation mode depend on.
  virtual void AppendBuffers(const std::string& /*prefix*/,
                             std::vector<BasicNamedBuffer<T>>* /*buffers*/) {}

  // InvalidArgument if training on batches of shape `batch`, N×(input shape),
  // has no meaning, as for BatchNorm on a single value per channel. `path` is
  // what the error calls this module: "branch[3]". OutputShape accepts the
  // batch's examples.
  virtual absl::Status CheckTrainingBatch(const std::string& /*path*/,
                                          const Shape& /*batch*/) const {
    return absl::OkStatus();
  }

  // Training mode, as a module starts, or evaluation mode. For modules that do
  // something else in training than afterwards.
  virtual void SetTraining(bool /*training*/) {}

  // Whether Backward has to compute the gradient by the input: true unless told
  // otherwise. For the first layer of a network it is wasted work.
  virtual void SetNeedsInputGradient(bool needed) {
    needs_input_gradient_ = needed;
  }
  bool needs_input_gradient() const { return needs_input_gradient_; }

  // What it does in a training step where an example's input has shape `input`,
  // which fits: for summaries, which show where nothing is returned that they
  // do not know.
  virtual std::optional<BasicModuleWork<T>> Work(const Shape& /*input*/) const {
    return std::nullopt;
  }

  // All parameters, in the order of the modules.
  std::vector<BasicNamedParameter<T>> Parameters() {
    std::vector<BasicNamedParameter<T>> parameters;
    AppendParameters("", &parameters);
    return parameters;
  }

  // All buffers, in the order of the modules.
  std::vector<BasicNamedBuffer<T>> Buffers() {
    std::vector<BasicNamedBuffer<T>> buffers;
    AppendBuffers("", &buffers);
    return buffers;
  }

 protected:
  // Work without parts, from how many operations the output takes, the
  // gradients by the parameters, and the gradient by the input.
  BasicModuleWork<T> WorkOf(int64_t output, int64_t parameter_gradients,
                            int64_t input_gradient) const {
    return {output,
            parameter_gradients + (needs_input_gradient_ ? input_gradient : 0),
            {}};
  }

 private:
  bool needs_input_gradient_ = true;
};

using Module = BasicModule<float>;

}  // namespace minidl

#endif  // MINIDL_NN_MODULE_H_
