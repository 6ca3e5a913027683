// Writes a trained network for other software.
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/command_line.h"
#include "gflags/gflags.h"
#include "tools/console.h"
#include "tools/export_model.h"

DEFINE_string(onnx, "",
              "ONNX file to write: the graph from pixels to answers.");
DEFINE_string(safetensors, "",
              "safetensors file to write: the parameters and buffers, named as "
              "in PyTorch's state_dict.");

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "export_model", "[flags] MODEL",
      "Writes a network that `digit_pairs --models` has left in the format of "
      "other software, with what the file says of its training. A file that "
      "is there already is not overwritten. docs/MODELS.md has the names and "
      "meanings of inputs and outputs."};
  const std::vector<std::string> arguments =
      minidl::ParseCommandLine(usage, __FILE__, argc, argv);
  return minidl::RunOnConsole(
      usage, [&](const minidl::Console& console) -> absl::Status {
        if (arguments.size() != 1) {
          return absl::InvalidArgumentError(
              "expected one model file; see --help");
        }
        return minidl::ExportModel(
            {arguments[0], FLAGS_onnx, FLAGS_safetensors}, console);
      });
}
