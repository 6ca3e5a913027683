#ifndef MINIDL_BENCHMARKS_COMPARE_LAYERS_H_
#define MINIDL_BENCHMARKS_COMPARE_LAYERS_H_

#include "absl/status/status.h"

namespace minidl {

// Times the layers of layer_shapes.h by our operations and by oneDNN in turn,
// `repetitions` times, and prints medians and ratios to stdout.
// FailedPrecondition, after the table, if the outputs differ by more than
// rounding.
absl::Status CompareLayers(int repetitions);

}  // namespace minidl

#endif  // MINIDL_BENCHMARKS_COMPARE_LAYERS_H_
