#ifndef MINIDL_BENCHMARKS_ONEDNN_LAYERS_H_
#define MINIDL_BENCHMARKS_ONEDNN_LAYERS_H_

#include <memory>

#include "benchmarks/layer.h"
#include "benchmarks/layer_shapes.h"

namespace minidl {

// The same layers by oneDNN, from the same numbers. Input, weights and output
// are in the order that it prefers for that shape; ReLU is fused into the
// convolution.
std::unique_ptr<Layer> MakeOneDnnLayer(const ConvolutionShape& shape);
std::unique_ptr<Layer> MakeOneDnnLayer(const LinearShape& shape);

// The convolution with its bias and ReLU alone, and the way back through the
// convolution alone, from a gradient by all of its outputs: what oneDNN does
// best.
std::unique_ptr<Layer> MakeOneDnnBareConvolution(const ConvolutionShape& shape);

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_ONEDNN_LAYERS_H_
