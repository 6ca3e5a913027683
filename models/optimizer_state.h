#ifndef MINIDL_MODELS_OPTIMIZER_STATE_H_
#define MINIDL_MODELS_OPTIMIZER_STATE_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "nn/optimizer.h"
#include "nn/parameter.h"
#include "proto/model.pb.h"
#include "proto/study.pb.h"

namespace minidl {

// What `optimizer` goes on by, which BuildOptimizer made for `training`.
proto::OptimizerState SaveOptimizer(const proto::Training& training,
                                    Optimizer& optimizer);

// An optimizer of `parameters`, which must outlive it, that goes on as the one
// that was saved would have, to the bit, if they have their values of then.
// FailedPrecondition, with the field, what was expected there and what was
// found, if the state is not one of an optimizer of these parameters.
absl::StatusOr<std::unique_ptr<Optimizer>> LoadOptimizer(
    const proto::OptimizerState& state, std::vector<NamedParameter> parameters);

}  // namespace minidl

#endif  // MINIDL_MODELS_OPTIMIZER_STATE_H_
