#ifndef MINIDL_NN_SEQUENTIAL_H_
#define MINIDL_NN_SEQUENTIAL_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nn/fused_modules.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "nn/parameter.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

namespace minidl {

// Modules one after the other, as torch.nn.Sequential; it owns them. Without
// modules it is the identity. Neighbours that can be computed in one pass are
// (see FusedModules), with the same parameters and, but
// for rounding, the same results; only Forward and Backward of those modules
// are then not called.
//
//   Sequential network;
//   network.Emplace<Linear>(2, 25, generator);
//   network.Emplace<ReLU>();
//   network.Emplace<Linear>(25, 2, generator);
template <typename T>
class BasicSequential : public BasicModule<T> {
 public:
  // Appends a module.
  void Add(std::unique_ptr<BasicModule<T>> module);

  template <typename M, typename... Arguments>
  void Emplace(Arguments&&... arguments) {
    Add(std::make_unique<M>(std::forward<Arguments>(arguments)...));
  }

  const std::vector<std::unique_ptr<BasicModule<T>>>& modules() const {
    return modules_;
  }

  std::string Description() const override;
  // An error says which module an input does not fit.
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override;
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  std::optional<BasicModuleWork<T>> Work(const Shape& input) const override;
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
  // A module, or the run of modules from there on that `fused` stands for.
  struct Step {
    size_t module;
    std::unique_ptr<FusedModules> fused;
  };

  // Decides what Forward and Backward call.
  void Plan();

  std::vector<std::unique_ptr<BasicModule<T>>> modules_;
  std::vector<Step> steps_;
  // The first module whose step Backward takes. If the input's gradient is not
  // needed, those before the first one with parameters have nothing to do.
  size_t first_backward_ = 0;
};

using Sequential = BasicSequential<float>;

}  // namespace minidl

#endif  // MINIDL_NN_SEQUENTIAL_H_
