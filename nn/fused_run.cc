#include "nn/fused_run.h"

#include "nn/max_pool2d.h"
#include "nn/module.h"
#include "nn/relu.h"

namespace minidl {

bool IsMaxPool2dOfTwo(const Module* module) {
  const auto* pool = dynamic_cast<const MaxPool2d*>(module);
  return pool != nullptr && pool->kernel_size() == 2 && pool->stride() == 2;
}

bool IsReLU(const Module* module) {
  return dynamic_cast<const ReLU*>(module) != nullptr;
}

}  // namespace minidl
