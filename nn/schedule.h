#ifndef MINIDL_NN_SCHEDULE_H_
#define MINIDL_NN_SCHEDULE_H_

#include <cstdint>

namespace minidl {

// Learning rates as functions of the step, from 0. A step that is not in the
// schedule stops the program.

// That of step `step` of `total_steps` in a single cycle (Smith and Topin,
// 2017, https://arxiv.org/abs/1708.07120): from peak / 25 to `peak` in the
// first 30 % of the steps, and on to peak / 250,000 in the last step, both
// along half a cosine. As torch.optim.lr_scheduler.OneCycleLR with its
// defaults, but for the momentum, which stays.
double OneCycleLearningRate(double peak, int64_t step, int64_t total_steps);

// From `initial` down to 0, which would follow the last of `total_steps` steps,
// along half a cosine (Loshchilov and Hutter, 2017,
// https://arxiv.org/abs/1608.03983): initial (1 + cos(pi step / total_steps)) /
// 2. As torch.optim.lr_scheduler.CosineAnnealingLR that steps after each step.
double CosineLearningRate(double initial, int64_t step, int64_t total_steps);

// `initial` in the first `interval` steps, in the next ones `factor` times
// that, then factor² times that and so on. As torch.optim.lr_scheduler.StepLR,
// whose step_size is the interval.
double StepLearningRate(double initial, double factor, int64_t step,
                        int64_t interval);

// Up to `final` in the last of `total_steps` steps, along a line through 0:
// final (step + 1) / total_steps. As torch.optim.lr_scheduler.LinearLR with
// start_factor = 1 / total_steps and total_iters = total_steps - 1.
double WarmUpLearningRate(double final, int64_t step, int64_t total_steps);

}  // namespace minidl

#endif  // MINIDL_NN_SCHEDULE_H_
