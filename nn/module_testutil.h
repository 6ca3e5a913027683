#ifndef MINIDL_NN_MODULE_TESTUTIL_H_
#define MINIDL_NN_MODULE_TESTUTIL_H_

#include <functional>
#include <memory>

#include "nn/module.h"
#include "tensor/shape.h"

namespace minidl {

// Makes modules that all compute the same function.
using ModuleFactory = std::function<std::unique_ptr<BasicModule<double>>()>;

// Checks what every module promises (nn/module.h), for inputs whose examples
// have shape `example` and elements that are well separated from one another
// and from 0 (SeparatedTensor):
//   - OutputShape is the shape of Forward's outputs,
//   - Backward's gradients are numeric ones to within 1e-7 of the largest,
//   - Backward adds to the gradients by parameters,
//   - which are the same when the input's gradient is not needed,
//   - and a module that has seen larger and smaller batches computes the same
//     as a new one.
void ExpectKeepsModuleContract(const ModuleFactory& make, const Shape& example);

}  // namespace minidl

#endif  // MINIDL_NN_MODULE_TESTUTIL_H_
