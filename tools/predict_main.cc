// Says what a trained network takes pairs of digits for.
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/command_line.h"
#include "gflags/gflags.h"
#include "tools/console.h"
#include "tools/predict.h"

DEFINE_string(
    second, "",
    "IDX file with the second images of the pairs. If empty, images 0 "
    "and 1 of INPUT make a pair, 2 and 3, ...");
DEFINE_string(labels, "",
              "IDX file with the digits of INPUT's images, for the error.");
DEFINE_string(second_labels, "", "IDX file with those of --second.");
DEFINE_string(array, "test_input",
              "NumPy array of the pairs. Of X_input, the error is told if "
              "X_target and X_classes are there.");
DEFINE_bool(invert, false, "The digits are black on white.");
DEFINE_string(format, "text", "How to print: text, csv or json.");

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "predict", "[flags] MODEL INPUT...",
      "Prints what a network that `digit_pairs --models` has left says of "
      "pairs "
      "of digits: the digits, if it was trained to tell them, and whether the "
      "first is less than or equal to the second. INPUT is an IDX file, a "
      "NumPy "
      "archive with an array Nx2xHxW of float32, uint8 or int64, or PNG and "
      "PGM "
      "images, two to a pair. Images are 28x28 or 14x14, white on black."};
  std::vector<std::string> arguments =
      minidl::ParseCommandLine(usage, __FILE__, argc, argv);
  return minidl::RunOnConsole(
      usage, [&](const minidl::Console& console) -> absl::Status {
        if (arguments.size() < 2) {
          return absl::InvalidArgumentError(
              "expected a model file and inputs; see --help");
        }
        minidl::PredictOptions options;
        options.model = arguments[0];
        arguments.erase(arguments.begin());
        options.inputs = {arguments,           FLAGS_second, FLAGS_labels,
                          FLAGS_second_labels, FLAGS_array,  FLAGS_invert};
        options.format = FLAGS_format;
        return minidl::PrintPredictions(options, console);
      });
}
