#ifndef MINIDL_NN_NN_H_
#define MINIDL_NN_NN_H_

// All that networks in C++ are made of and trained with, in one header for
// users of the whole: this repository's own code includes what it uses.

// IWYU pragma: begin_exports
#include "nn/avg_pool2d.h"
#include "nn/batch_norm.h"
#include "nn/clip_gradients.h"
#include "nn/conv2d.h"
#include "nn/dropout.h"
#include "nn/flatten.h"
#include "nn/gelu.h"
#include "nn/gradient_check.h"
#include "nn/initialization.h"
#include "nn/layer_norm.h"
#include "nn/leaky_relu.h"
#include "nn/linear.h"
#include "nn/loss.h"
#include "nn/max_pool2d.h"
#include "nn/module.h"
#include "nn/module_work.h"
#include "nn/optimizer.h"
#include "nn/parameter.h"
#include "nn/relu.h"
#include "nn/residual.h"
#include "nn/schedule.h"
#include "nn/sequential.h"
#include "nn/sigmoid.h"
#include "nn/tanh.h"
#include "nn/weight_average.h"
#include "tensor/flush_denormals.h"
#include "tensor/generator.h"
#include "tensor/random.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"
// IWYU pragma: end_exports

#endif  // MINIDL_NN_NN_H_
