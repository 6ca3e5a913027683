#ifndef MINIDL_NN_OPTIMIZER_H_
#define MINIDL_NN_OPTIMIZER_H_

#include <cstdint>
#include <vector>

#include "nn/parameter.h"
#include "tensor/tensor.h"

namespace minidl {

// Changes parameters along their gradients. The parameters, a module's
// Parameters(), must outlive it. Options that have no meaning, such as a
// learning rate that is not positive, stop the program.
class Optimizer {
 public:
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;
  virtual ~Optimizer() = default;

  // One step, from the gradients as they are.
  void Step();

  // What the next steps go by, instead of the options' learning rate: for
  // schedules.
  void set_learning_rate(double learning_rate) {
    learning_rate_ = learning_rate;
  }
  double learning_rate() const { return learning_rate_; }

  // Makes all gradients 0: before each backward pass, which adds to them.
  void ZeroGradients();

  // What the next steps depend on beside the options, the learning rate, the
  // parameters and their gradients: these tensors and the number of steps that
  // were taken. An optimizer of the same kind, options and parameters goes on
  // in the same way, to the bit, once it has both. Each tensor has the shape of
  // a parameter and its name with, after a dot, PyTorch's name of the state:
  // "0.weight.exp_avg". They live as long as the optimizer.
  std::vector<NamedBuffer> State();
  int64_t num_steps() const { return num_steps_; }
  void set_num_steps(int64_t num_steps) { num_steps_ = num_steps; }

 protected:
  // `name` is the optimizer's, for the message if the learning rate is none.
  Optimizer(const char* name, std::vector<NamedParameter> parameters,
            double learning_rate);

  // A zero tensor for each parameter, of its shape.
  std::vector<Tensor<float>> StatePerParameter() const;

  // Appends `tensors`, one for each parameter, to `state`; none if they are
  // empty. `name` is PyTorch's.
  void AppendPerParameter(const char* name, std::vector<Tensor<float>>& tensors,
                          std::vector<NamedBuffer>* state) const;

  const std::vector<NamedParameter>& parameters() const { return parameters_; }

 private:
  // The step whose number, from 1, is num_steps().
  virtual void Update() = 0;
  virtual void AppendState(std::vector<NamedBuffer>* state) = 0;

  const std::vector<NamedParameter> parameters_;
  double learning_rate_;
  int64_t num_steps_ = 0;
};

// Stochastic gradient descent as torch.optim.SGD: with weight decay,
// weight_decay w is added to the gradient g. Then
//   v = momentum v + (1 - dampening) g, in the first step v = g,
//   w = w - learning_rate v, or with nesterov
//   w = w - learning_rate (g + momentum v).
class SGD : public Optimizer {
 public:
  struct Options {
    double learning_rate = 0.1;
    double momentum = 0;      // At least 0 and less than 1.
    double weight_decay = 0;  // At least 0.
    bool nesterov = false;    // Needs momentum and no dampening.
    double dampening = 0;     // At least 0 and at most 1.
  };
  SGD(std::vector<NamedParameter> parameters, const Options& options);

 private:
  void Update() override;
  void AppendState(std::vector<NamedBuffer>* state) override;

  const Options options_;
  std::vector<Tensor<float>> velocity_;  // Empty without momentum.
};

// Adam as torch.optim.Adam (Kingma and Ba, 2015, algorithm 1,
// https://arxiv.org/abs/1412.6980): with weight decay, weight_decay w is added
// to the gradient g. Then in step t = 1, 2, ...
//   m = beta1 m + (1 - beta1) g,
//   v = beta2 v + (1 - beta2) g²,
//   w = w - learning_rate m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) +
//   epsilon).
class Adam : public Optimizer {
 public:
  struct Options {
    double learning_rate = 1e-3;
    double beta1 = 0.9;       // At least 0 and less than 1.
    double beta2 = 0.999;     // At least 0 and less than 1.
    double epsilon = 1e-8;    // At least 0.
    double weight_decay = 0;  // At least 0.
  };
  Adam(std::vector<NamedParameter> parameters, const Options& options);

 protected:
  // Whether weight decay is AdamW's.
  Adam(const char* name, std::vector<NamedParameter> parameters,
       const Options& options, bool decoupled);

 private:
  void Update() override;
  void AppendState(std::vector<NamedBuffer>* state) override;

  const Options options_;
  const bool decoupled_;
  std::vector<Tensor<float>> first_moment_;
  std::vector<Tensor<float>> second_moment_;
};

// Adam with decoupled weight decay as torch.optim.AdamW (Loshchilov and Hutter,
// 2019, https://arxiv.org/abs/1711.05101): before each step
//   w = w - learning_rate weight_decay w,
// and the gradient is as it is.
class AdamW : public Adam {
 public:
  struct Options : Adam::Options {
    Options() { weight_decay = 0.01; }
  };
  AdamW(std::vector<NamedParameter> parameters, const Options& options);
};

// RMSprop as torch.optim.RMSprop (Tieleman and Hinton, 2012): with weight
// decay, weight_decay w is added to the gradient g. Then
//   v = alpha v + (1 - alpha) g²,
//   m = alpha m + (1 - alpha) g,
//   u = momentum u + g / (sqrt(v - m²) + epsilon), m only if centered,
//   w = w - learning_rate u.
// Where v - m² is less than 0 by rounding, it is 0 and not a NaN.
class RMSprop : public Optimizer {
 public:
  struct Options {
    double learning_rate = 1e-2;
    double alpha = 0.99;      // At least 0 and less than 1.
    double epsilon = 1e-8;    // At least 0.
    double momentum = 0;      // At least 0 and less than 1.
    double weight_decay = 0;  // At least 0.
    bool centered = false;
  };
  RMSprop(std::vector<NamedParameter> parameters, const Options& options);

 private:
  void Update() override;
  void AppendState(std::vector<NamedBuffer>* state) override;

  const Options options_;
  std::vector<Tensor<float>> mean_square_;
  std::vector<Tensor<float>> mean_;      // Empty unless centered.
  std::vector<Tensor<float>> velocity_;  // Empty without momentum.
};

}  // namespace minidl

#endif  // MINIDL_NN_OPTIMIZER_H_
