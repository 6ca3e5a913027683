#include "tools/network_summary.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "google/protobuf/descriptor.h"
#include "nn/build_optimizer.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "nn/optimizer.h"
#include "nn/pair_network.h"
#include "nn/parameter.h"
#include "proto/study.pb.h"
#include "tensor/shape.h"
#include "tools/network_summary.pb.h"

namespace minidl {
namespace {

int64_t Bytes(int64_t num_elements) {
  return num_elements * static_cast<int64_t>(sizeof(float));
}

// Adds the operations of `part` to those of `whole`, which has none if one of
// its parts has none.
template <typename Summary>
void AddFlops(const proto::ModuleSummary& part, Summary& whole) {
  if (part.has_forward_flops() && whole.has_forward_flops()) {
    whole.set_forward_flops(whole.forward_flops() + part.forward_flops());
    whole.set_backward_flops(whole.backward_flops() + part.backward_flops());
  } else {
    whole.clear_forward_flops();
    whole.clear_backward_flops();
  }
}

}  // namespace

proto::ModuleSummary SummarizeModule(const std::string& name, Module& module,
                                     const Shape& input, int64_t batch_size) {
  proto::ModuleSummary summary;
  summary.set_name(name);
  const std::string description = module.Description();
  const Shape output = *module.OutputShape(input);
  for (const int64_t size : output.sizes()) summary.add_output_shape(size);
  summary.set_parameters(NumElements(module.Parameters()));
  const std::optional<BasicModuleWork<float>> work = module.Work(input);
  const bool has_parts = work.has_value() && !work->parts.empty();
  summary.set_description(
      has_parts ? description.substr(0, description.find('(')) : description);
  if (work.has_value()) {
    summary.set_forward_flops(batch_size * work->forward_flops);
    summary.set_backward_flops(batch_size * work->backward_flops);
  }
  // What only hands on what its parts give has no output of its own.
  if (!has_parts || work->forward_flops > 0) {
    summary.set_activation_bytes(Bytes(batch_size * output.num_elements()));
  }
  if (!has_parts) return summary;
  for (const auto& part : work->parts) {
    const proto::ModuleSummary& of_part = *summary.add_parts() =
        SummarizeModule(part.name, *part.module, part.input,
                        part.count * batch_size);
    AddFlops(of_part, summary);
    summary.set_activation_bytes(summary.activation_bytes() +
                                 of_part.activation_bytes());
  }
  return summary;
}

proto::NetworkSummary SummarizeNetwork(PairNetwork& network,
                                       const PairImages& images,
                                       const proto::Training& training) {
  const int64_t batch_size = training.batch_size();
  const Shape input = {2, images.height, images.width};
  proto::NetworkSummary summary;
  summary.set_batch_size(batch_size);
  summary.set_optimizer(proto::Training::descriptor()
                            ->FindFieldByNumber(training.optimizer_case())
                            ->name());
  *summary.add_modules() =
      SummarizeModule("branch", network.branches(), input, batch_size);
  *summary.add_modules() =
      SummarizeModule("head", network.head(), network.features(), batch_size);
  summary.set_networks(1);
  summary.set_parameters(NumElements(network.Parameters()));
  summary.set_forward_flops(0);
  summary.set_backward_flops(0);
  proto::StepMemory& memory = *summary.mutable_memory();
  for (const proto::ModuleSummary& module : summary.modules()) {
    AddFlops(module, summary);
    memory.set_activations(memory.activations() + module.activation_bytes());
  }
  memory.set_activation_gradients(memory.activations());
  memory.set_input(Bytes(batch_size * input.num_elements()));
  memory.set_parameters(Bytes(summary.parameters()));
  memory.set_parameter_gradients(memory.parameters());
  const std::unique_ptr<Optimizer> optimizer =
      BuildOptimizer(training, network.Parameters());
  for (const NamedBuffer& state : optimizer->State()) {
    memory.set_optimizer_state(memory.optimizer_state() +
                               Bytes(state.tensor->size()));
  }
  memory.set_total(memory.input() + memory.parameters() +
                   memory.parameter_gradients() + memory.optimizer_state() +
                   memory.activations() + memory.activation_gradients());
  return summary;
}

}  // namespace minidl
