#include "nn/build_optimizer.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/check.h"
#include "nn/optimizer.h"
#include "nn/parameter.h"
#include "nn/schedule.h"
#include "proto/study.pb.h"

namespace minidl {
namespace {

// Adam's and AdamW's, whose fields are the same but for the weight decay.
template <typename Options, typename Message>
Options AdamOptions(const Message& message) {
  Options options;
  options.learning_rate = message.learning_rate();
  if (message.beta1() != 0) options.beta1 = message.beta1();
  if (message.beta2() != 0) options.beta2 = message.beta2();
  if (message.epsilon() != 0) options.epsilon = message.epsilon();
  return options;
}

double BaseLearningRate(const proto::Training& training) {
  switch (training.optimizer_case()) {
    case proto::Training::kSgd:
      return training.sgd().learning_rate();
    case proto::Training::kAdam:
      return training.adam().learning_rate();
    case proto::Training::kAdamw:
      return training.adamw().learning_rate();
    case proto::Training::kRmsprop:
      return training.rmsprop().learning_rate();
    case proto::Training::OPTIMIZER_NOT_SET:
      break;
  }
  MINIDL_CHECK(false, "LearningRate: no optimizer");
}

}  // namespace

std::unique_ptr<Optimizer> BuildOptimizer(
    const proto::Training& training, std::vector<NamedParameter> parameters) {
  switch (training.optimizer_case()) {
    case proto::Training::kSgd: {
      const proto::SgdOptions& sgd = training.sgd();
      SGD::Options options;
      options.learning_rate = sgd.learning_rate();
      options.momentum = sgd.momentum();
      options.weight_decay = sgd.weight_decay();
      options.nesterov = sgd.nesterov();
      options.dampening = sgd.dampening();
      return std::make_unique<SGD>(std::move(parameters), options);
    }
    case proto::Training::kAdam: {
      auto options = AdamOptions<Adam::Options>(training.adam());
      options.weight_decay = training.adam().weight_decay();
      return std::make_unique<Adam>(std::move(parameters), options);
    }
    case proto::Training::kAdamw: {
      auto options = AdamOptions<AdamW::Options>(training.adamw());
      if (training.adamw().has_weight_decay()) {
        options.weight_decay = training.adamw().weight_decay();
      }
      return std::make_unique<AdamW>(std::move(parameters), options);
    }
    case proto::Training::kRmsprop: {
      const proto::RMSpropOptions& rmsprop = training.rmsprop();
      RMSprop::Options options;
      options.learning_rate = rmsprop.learning_rate();
      if (rmsprop.alpha() != 0) options.alpha = rmsprop.alpha();
      if (rmsprop.epsilon() != 0) options.epsilon = rmsprop.epsilon();
      options.momentum = rmsprop.momentum();
      options.weight_decay = rmsprop.weight_decay();
      options.centered = rmsprop.centered();
      return std::make_unique<RMSprop>(std::move(parameters), options);
    }
    case proto::Training::OPTIMIZER_NOT_SET:
      break;
  }
  MINIDL_CHECK(false, "BuildOptimizer: no optimizer");
}

double LearningRate(const proto::Training& training, int64_t step,
                    int64_t total_steps) {
  const double rate = BaseLearningRate(training);
  if (training.schedule() == proto::Training::ONE_CYCLE) {
    return OneCycleLearningRate(rate, step, total_steps);
  }
  MINIDL_CHECK(training.epochs() > 0 && total_steps % training.epochs() == 0,
               "LearningRate: ", total_steps, " steps in ", training.epochs(),
               " epochs");
  const int64_t steps_per_epoch = total_steps / training.epochs();
  const int64_t warm_up_steps = training.warm_up_epochs() * steps_per_epoch;
  if (step < warm_up_steps) {
    return WarmUpLearningRate(rate, step, warm_up_steps);
  }
  switch (training.schedule()) {
    case proto::Training::STEP:
      return StepLearningRate(rate, training.step_decay().factor(),
                              step - warm_up_steps,
                              training.step_decay().epochs() * steps_per_epoch);
    case proto::Training::COSINE:
      return CosineLearningRate(rate, step - warm_up_steps,
                                total_steps - warm_up_steps);
    default:
      return rate;
  }
}

}  // namespace minidl
