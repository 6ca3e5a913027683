#ifndef MINIDL_TOOLS_IMPORT_MODEL_H_
#define MINIDL_TOOLS_IMPORT_MODEL_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "tools/console.h"

namespace minidl {

struct ImportModelOptions {
  // Files, as the user wrote them.
  std::string safetensors;
  std::string model;  // To write.
  // Instead of what the safetensors file says; empty if that counts.
  std::string architecture;
  // Of the training set's pixels, 0 to 255; likewise. Both or none.
  std::optional<double> input_mean;
  std::optional<double> input_deviation;
};

// Makes a model file of a safetensors file, entirely or not at all; what is
// there already is not overwritten. InvalidArgument for mistakes in the options
// and the architecture's file; otherwise what ImportSafetensors and writing
// give.
absl::Status ImportModel(const ImportModelOptions& options,
                         const Console& console);

}  // namespace minidl

#endif  // MINIDL_TOOLS_IMPORT_MODEL_H_
