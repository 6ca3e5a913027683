#ifndef MINIDL_NN_OPTIMIZER_H_
#define MINIDL_NN_OPTIMIZER_H_

#include <cstdint>
#include <vector>

#include "nn/parameter.h"
#include "tensor/tensor.h"

namespace minidl {

// Changes parameters along their gradients. The parameters, a module's
// Parameters(), must outlive it.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  // One step, from the gradients as they are.
  virtual void Step() = 0;

  // What the next steps go by, instead of the options' learning rate: for
  // schedules.
  void set_learning_rate(double learning_rate) {
    learning_rate_ = learning_rate;
  }
  double learning_rate() const { return learning_rate_; }

  // Makes all gradients 0: before each backward pass, which adds to them.
  void ZeroGradients();

 protected:
  Optimizer(std::vector<NamedParameter> parameters, double learning_rate);

  // A zero tensor for each parameter, of its shape.
  std::vector<Tensor<float>> StatePerParameter() const;

  const std::vector<NamedParameter>& parameters() const { return parameters_; }

 private:
  std::vector<NamedParameter> parameters_;
  double learning_rate_;
};

// Stochastic gradient descent as torch.optim.SGD: v = momentum v + g, which
// starts at 0, and w = w - learning_rate v.
class SGD : public Optimizer {
 public:
  struct Options {
    double learning_rate = 0.1;
    double momentum = 0;
  };
  SGD(std::vector<NamedParameter> parameters, const Options& options);

  void Step() override;

 private:
  const Options options_;
  std::vector<Tensor<float>> velocity_;  // Empty without momentum.
};

// Adam as torch.optim.Adam (Kingma and Ba, 2015, algorithm 1,
// https://arxiv.org/abs/1412.6980): in step t = 1, 2, ...
//   m = beta1 m + (1 - beta1) g,
//   v = beta2 v + (1 - beta2) g²,
//   w = w - learning_rate m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) +
//   epsilon).
class Adam : public Optimizer {
 public:
  struct Options {
    double learning_rate = 1e-3;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
  };
  Adam(std::vector<NamedParameter> parameters, const Options& options);

  void Step() override;

 private:
  const Options options_;
  int64_t step_ = 0;
  std::vector<Tensor<float>> first_moment_;
  std::vector<Tensor<float>> second_moment_;
};

}  // namespace minidl

#endif  // MINIDL_NN_OPTIMIZER_H_
