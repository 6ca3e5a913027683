#ifndef MINIDL_BENCHMARKS_OUR_LAYERS_H_
#define MINIDL_BENCHMARKS_OUR_LAYERS_H_

#include <memory>

#include "benchmarks/layer.h"
#include "benchmarks/layer_shapes.h"

namespace minidl {

// By the operations of //tensor.
std::unique_ptr<Layer> MakeOurLayer(const ConvolutionShape& shape);
std::unique_ptr<Layer> MakeOurLayer(const LinearShape& shape);

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_OUR_LAYERS_H_
