#ifndef MINIDL_NN_BUILD_OPTIMIZER_H_
#define MINIDL_NN_BUILD_OPTIMIZER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "nn/optimizer.h"
#include "nn/parameter.h"
#include "proto/study.pb.h"

namespace minidl {

// The optimizer that `training` names. Of `training`, here as below,
// ValidateTraining says that it is good.
std::unique_ptr<Optimizer> BuildOptimizer(
    const proto::Training& training, std::vector<NamedParameter> parameters);

// The learning rate of step `step`, from 0, of `total_steps` in all epochs
// together, by the optimizer, the warm-up and the schedule of `training`.
double LearningRate(const proto::Training& training, int64_t step,
                    int64_t total_steps);

}  // namespace minidl

#endif  // MINIDL_NN_BUILD_OPTIMIZER_H_
