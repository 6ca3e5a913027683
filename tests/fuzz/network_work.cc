#include "tests/fuzz/network_work.h"

#include <cstdint>
#include <limits>
#include <optional>

#include "nn/module.h"
#include "nn/module_work.h"
#include "nn/pair_network.h"
#include "tensor/shape.h"

namespace minidl {
namespace {

// Operations of `module` and what is in it, and the elements that it gives.
double Work(BasicModule<float>& module, const Shape& input) {
  double sum = static_cast<double>(module.OutputShape(input)->num_elements());
  const std::optional<BasicModuleWork<float>> work = module.Work(input);
  if (!work.has_value()) return std::numeric_limits<double>::infinity();
  sum += static_cast<double>(work->forward_flops) +
         static_cast<double>(work->backward_flops);
  for (const auto& part : work->parts) {
    sum += static_cast<double>(part.count) * Work(*part.module, part.input);
  }
  return sum;
}

}  // namespace

bool IsQuick(PairNetwork& network, int64_t num_pairs) {
  constexpr double kMaxWork = 2e7;
  const Shape pair = {2, 14, 14};
  return static_cast<double>(num_pairs) *
             (Work(network.branches(), pair) +
              Work(network.head(), network.features())) <
         kMaxWork;
}

}  // namespace minidl
