// Makes a model of tensors that other software has written.
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/command_line.h"
#include "gflags/gflags.h"
#include "tools/console.h"
#include "tools/import_model.h"

DEFINE_string(architecture, "",
              "Architecture file of the network. If empty, the safetensors "
              "file says it, as those of export_model do.");
DEFINE_double(input_deviation, 0,
              "Standard deviation of the training set's pixels, 0 (paper) to "
              "255 (ink). If neither this nor --input_mean is given, the "
              "safetensors file says both.");
DEFINE_double(input_mean, 0,
              "Their mean: the network sees (pixel - mean) / deviation. 0 and "
              "1 if it takes pixels as they are.");

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "import_model", "[flags] SAFETENSORS MODEL",
      "Makes the file MODEL, which `predict` and `export_model` read, of a "
      "network's parameters and buffers in a safetensors file. They have "
      "dtype F32, and the names and shapes of PyTorch's state_dict. A file "
      "that is there already is not overwritten."};
  const std::vector<std::string> arguments =
      minidl::ParseCommandLine(usage, __FILE__, argc, argv);
  return minidl::RunOnConsole(
      usage, [&](const minidl::Console& console) -> absl::Status {
        if (arguments.size() != 2) {
          return absl::InvalidArgumentError(
              "expected a safetensors file and the model file to write; see "
              "--help");
        }
        minidl::ImportModelOptions options;
        options.safetensors = arguments[0];
        options.model = arguments[1];
        options.architecture = FLAGS_architecture;
        if (minidl::IsFlagSet("input_mean"))
          options.input_mean = FLAGS_input_mean;
        if (minidl::IsFlagSet("input_deviation")) {
          options.input_deviation = FLAGS_input_deviation;
        }
        return minidl::ImportModel(options, console);
      });
}
