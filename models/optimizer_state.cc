#include "models/optimizer_state.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/check_field.h"
#include "base/status_macros.h"
#include "models/named_tensors.h"
#include "nn/build_optimizer.h"
#include "nn/optimizer.h"
#include "nn/parameter.h"
#include "nn/validate_training.h"
#include "proto/model.pb.h"
#include "proto/study.pb.h"

namespace minidl {
namespace {

// What the fields of a message say that is no user's to mend.
absl::Status CheckFields(const proto::OptimizerState& state) {
  MINIDL_RETURN_IF_ERROR(ValidateTraining(state.training()));
  if (state.num_steps() < 0) {
    return FieldError("num_steps", state.num_steps(), "at least 0");
  }
  // A schedule may end with 0.
  return CheckNotNegative("learning_rate", state.learning_rate());
}

}  // namespace

proto::OptimizerState SaveOptimizer(const proto::Training& training,
                                    Optimizer& optimizer) {
  proto::OptimizerState state;
  *state.mutable_training() = training;
  state.set_learning_rate(optimizer.learning_rate());
  state.set_num_steps(optimizer.num_steps());
  *state.mutable_tensors() = SaveTensors(optimizer.State());
  return state;
}

absl::StatusOr<std::unique_ptr<Optimizer>> LoadOptimizer(
    const proto::OptimizerState& state,
    std::vector<NamedParameter> parameters) {
  const absl::Status fields = CheckFields(state);
  if (!fields.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("optimizer.", fields.message()));
  }
  std::unique_ptr<Optimizer> optimizer =
      BuildOptimizer(state.training(), std::move(parameters));
  MINIDL_RETURN_IF_ERROR(
      CheckTensors("optimizer.tensors", state.tensors(), optimizer->State()));
  RestoreTensors(state.tensors(), optimizer->State());
  optimizer->set_num_steps(state.num_steps());
  optimizer->set_learning_rate(state.learning_rate());
  return optimizer;
}

}  // namespace minidl
