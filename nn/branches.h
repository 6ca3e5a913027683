#ifndef MINIDL_NN_BRANCHES_H_
#define MINIDL_NN_BRANCHES_H_

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "nn/parameter.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

// Modules that look at the two images of each pair one by one: 2×H×W -> 2F, the
// F features of the first image and then those of the second.
namespace minidl {

// Both images go through one branch, 1×H×W -> F, whose weights they share: the
// pair is folded into the batch, N×2×H×W -> 2N×1×H×W, so that the branch sees
// all images in one pass.
template <typename T>
class BasicSharedBranches : public BasicModule<T> {
 public:
  explicit BasicSharedBranches(std::unique_ptr<BasicModule<T>> branch);

  std::string Description() const override;
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override;
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  std::optional<BasicModuleWork<T>> Work(const Shape& input) const override;
  // Named as the branch's own.
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
  std::unique_ptr<BasicModule<T>> branch_;
  Tensor<T> images_;           // 2N×1×H×W
  Tensor<T> output_;           // N×2F
  Tensor<T> branch_gradient_;  // 2N×F
  Tensor<T> input_gradient_;   // N×2×H×W
};

// Each image has a branch of its own, 1×H×W -> F.
template <typename T>
class BasicSeparateBranches : public BasicModule<T> {
 public:
  BasicSeparateBranches(std::unique_ptr<BasicModule<T>> first,
                        std::unique_ptr<BasicModule<T>> second);

  std::string Description() const override;
  absl::StatusOr<Shape> OutputShape(const Shape& input) const override;
  const Tensor<T>& Forward(const Tensor<T>& input) override;
  const Tensor<T>& Backward(const Tensor<T>& output_gradient) override;
  std::optional<BasicModuleWork<T>> Work(const Shape& input) const override;
  // The first branch's names after "0.", the second's after "1.".
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
  std::array<std::unique_ptr<BasicModule<T>>, 2> branches_;
  std::array<Tensor<T>, 2> images_;            // N×1×H×W each
  Tensor<T> output_;                           // N×2F
  std::array<Tensor<T>, 2> branch_gradients_;  // N×F each
  Tensor<T> input_gradient_;                   // N×2×H×W
};

using SharedBranches = BasicSharedBranches<float>;
using SeparateBranches = BasicSeparateBranches<float>;

}  // namespace minidl

#endif  // MINIDL_NN_BRANCHES_H_
