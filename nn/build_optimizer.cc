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

std::unique_ptr<Optimizer> BuildOptimizer(
    const proto::Training& training, std::vector<NamedParameter> parameters) {
  switch (training.optimizer_case()) {
    case proto::Training::kSgd: {
      SGD::Options options;
      options.learning_rate = training.sgd().learning_rate();
      options.momentum = training.sgd().momentum();
      return std::make_unique<SGD>(std::move(parameters), options);
    }
    case proto::Training::kAdam: {
      const proto::AdamOptions& adam = training.adam();
      Adam::Options options;
      options.learning_rate = adam.learning_rate();
      if (adam.beta1() != 0) options.beta1 = adam.beta1();
      if (adam.beta2() != 0) options.beta2 = adam.beta2();
      if (adam.epsilon() != 0) options.epsilon = adam.epsilon();
      return std::make_unique<Adam>(std::move(parameters), options);
    }
    case proto::Training::kAdamw:
    case proto::Training::kRmsprop:
    case proto::Training::OPTIMIZER_NOT_SET:
      break;
  }
  MINIDL_CHECK(false, "BuildOptimizer: no optimizer");
}

double LearningRate(const proto::Training& training, int64_t step,
                    int64_t total_steps) {
  const double rate = training.has_sgd() ? training.sgd().learning_rate()
                                         : training.adam().learning_rate();
  return training.schedule() == proto::Training::ONE_CYCLE
             ? OneCycleLearningRate(rate, step, total_steps)
             : rate;
}

}  // namespace minidl
