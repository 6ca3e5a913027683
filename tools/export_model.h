#ifndef MINIDL_TOOLS_EXPORT_MODEL_H_
#define MINIDL_TOOLS_EXPORT_MODEL_H_

#include <string>

#include "absl/status/status.h"
#include "tools/console.h"

namespace minidl {

struct ExportModelOptions {
  // Files, as the user wrote them. Of the last two, one at least is not empty.
  std::string model;
  std::string onnx;
  std::string safetensors;
};

// Writes a trained network in the formats of other software, each file entirely
// or not at all; what is there already is not overwritten. InvalidArgument for
// mistakes in the options; otherwise what reading and writing the files gives.
absl::Status ExportModel(const ExportModelOptions& options,
                         const Console& console);

}  // namespace minidl

#endif  // MINIDL_TOOLS_EXPORT_MODEL_H_
