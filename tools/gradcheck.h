#ifndef MINIDL_TOOLS_GRADCHECK_H_
#define MINIDL_TOOLS_GRADCHECK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "nn/gradient_check.h"
#include "tools/console.h"

namespace minidl {

struct GradcheckOptions {
  std::vector<std::string> files;  // Architectures, as the user wrote them.
  uint64_t seed = 0;
  int batch_size = 4;
  int samples = 50;  // Elements checked of each tensor; 0 for all.
};

// Compares the gradients of each architecture's loss, auxiliary losses and all,
// by every parameter and by the input with numeric ones (CompareGradients), in
// double precision, for a batch of random pairs and classes: in training mode
// with the same dropout mask each time. Prints a line for each, the worst
// first. InvalidArgument for mistakes in the options and the files, before any
// work; an error once all is printed if a gradient is wrong.
absl::Status CheckArchitectureGradients(const GradcheckOptions& options,
                                        const Console& console);

enum class GradientVerdict {
  kRight,
  kAtKinks,  // All that was compared: nothing is known.
  kWrong,
};

// Wrong if the largest error is more than what rounding explains and a
// millionth of the largest gradient.
GradientVerdict Judge(const GradientError& error);

}  // namespace minidl

#endif  // MINIDL_TOOLS_GRADCHECK_H_
