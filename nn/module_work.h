#ifndef MINIDL_NN_MODULE_WORK_H_
#define MINIDL_NN_MODULE_WORK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tensor/shape.h"

namespace minidl {

template <typename T>
class BasicModule;

// What a module does in a training step, for every example of the batch.
template <typename T>
struct BasicModuleWork {
  // A module within it.
  struct Part {
    // Before its parameters' names and a dot; empty if they have no prefix.
    std::string name;
    BasicModule<T>* module;
    Shape input;        // Of one example.
    int64_t count = 1;  // How many examples it sees for each of the whole's.
  };

  // Floating-point operations beside those of the parts, as the definition has
  // them, whatever the kernels do: additions, multiplications, divisions,
  // comparisons, and values of exp, tanh and the like, are one each. Backward's
  // do not have the input's gradient where it is not needed.
  int64_t forward_flops = 0;
  int64_t backward_flops = 0;
  std::vector<Part> parts;
};

}  // namespace minidl

#endif  // MINIDL_NN_MODULE_WORK_H_
