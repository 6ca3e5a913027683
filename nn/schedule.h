#ifndef MINIDL_NN_SCHEDULE_H_
#define MINIDL_NN_SCHEDULE_H_

#include <cstdint>

namespace minidl {

// The learning rate of step `step`, from 0, of `total_steps` in a single cycle
// (Smith and Topin, 2017, https://arxiv.org/abs/1708.07120): from peak / 25 to
// `peak` in the first 30 % of the steps, and on to peak / 250,000 in the last
// step, both along half a cosine. As torch.optim.lr_scheduler.OneCycleLR with
// its defaults, but for the momentum, which stays.
//
// 0 <= step < total_steps.
double OneCycleLearningRate(double peak, int64_t step, int64_t total_steps);

}  // namespace minidl

#endif  // MINIDL_NN_SCHEDULE_H_
