#ifndef MINIDL_NN_FUSED_RUN_H_
#define MINIDL_NN_FUSED_RUN_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "nn/module.h"
#include "tensor/channels_last.h"
#include "tensor/tensor.h"

namespace minidl {

// Whether `module`, which may be null, is a MaxPool2d of kernel size 2 and
// stride 2.
bool IsMaxPool2dOfTwo(const Module* module);

// Whether `module`, which may be null, is a ReLU.
bool IsReLU(const Module* module);

// A batch of images in one order or the other. Only one is not null.
struct FusedImages {
  const Tensor<float>* planes = nullptr;  // N×C×H×W
  const ChannelsLast* channels_last = nullptr;
};

// Computes what a run of modules that starts with a Conv2d computes, in fewer
// passes. The parameters and their gradients are the modules' own, and they
// outlive it.
class FusedRun {
 public:
  virtual ~FusedRun() = default;

  // How many modules it stands for.
  virtual size_t num_modules() const = 0;

  // Of the first convolution: the border that an input with the channels last
  // has. Such an input also has whole groups of channels (channel_group.h), as
  // the output has.
  virtual int64_t padding() const = 0;

  // As Module's. The output has the channels last if there is an
  // `output_border`, which is that border's width.
  virtual FusedImages Forward(const FusedImages& input,
                              std::optional<int64_t> output_border) = 0;

  // As Module's, with the gradients in the orders of Forward's output and
  // input, but for what is in their borders. The gradient by the input is
  // computed if the first module was told, before Forward, that it is needed.
  virtual FusedImages Backward(const FusedImages& output_gradient) = 0;
};

}  // namespace minidl

#endif  // MINIDL_NN_FUSED_RUN_H_
