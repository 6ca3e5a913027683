#ifndef MINIDL_NN_WEIGHT_AVERAGE_H_
#define MINIDL_NN_WEIGHT_AVERAGE_H_

#include <cstdint>
#include <vector>

#include "nn/parameter.h"
#include "tensor/tensor.h"

namespace minidl {

// Exponential moving averages of a network's parameters and buffers over the
// steps of its training, as torch.optim.swa_utils.AveragedModel with
// get_ema_multi_avg_fn and use_buffers: a network with them errs less than one
// with what the last steps, noisy as their batches, left.
class WeightAverage {
 public:
  // In each Update an average keeps the part `decay` of itself, at least 0 and
  // less than 1. The tensors must outlive this.
  WeightAverage(double decay, const std::vector<NamedParameter>& parameters,
                const std::vector<NamedBuffer>& buffers);

  // To be called after each step. The first one's values are the averages.
  void Update();

  // Exchanges the network's values and their averages; a second call exchanges
  // them back. Not before the first Update.
  void Swap();

 private:
  const float decay_;
  std::vector<Tensor<float>*> values_;
  std::vector<Tensor<float>> averages_;
  int64_t num_updates_ = 0;
};

}  // namespace minidl

#endif  // MINIDL_NN_WEIGHT_AVERAGE_H_
