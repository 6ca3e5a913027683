// Draws pairs of digits, and what was said of them, as a PNG image.

#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/command_line.h"
#include "base/status_macros.h"
#include "data/data_set_name.h"
#include "data/show_pairs.h"
#include "gflags/gflags.h"

DEFINE_string(
    pairs, "",
    "NumPy archive of the pairs. If empty, they are drawn as "
    "//data:generate_pair_sets does, with --data_set, --mnist_dir, --n "
    "and --seed.");
DEFINE_string(data_set, minidl::kMnist, "mnist or fashion_mnist.");
DEFINE_string(mnist_dir, "", "Directory with the data set's four files.");
DEFINE_int64(n, 1000, "Pairs to draw for each set.");
DEFINE_int64(seed, 0, "Of the random numbers, 0 to 4294967295.");
DEFINE_string(array, "test_input",
              "The pairs' array; of X_input, what X_target and X_classes say "
              "is shown.");
DEFINE_string(predictions, "",
              "What `//tools:predict -- --format=csv` said of them, or a table "
              "of yours: pair,answer and 7,<= below. Errors are marked.");
DEFINE_bool(only_errors, false, "Leave out what was answered rightly.");
DEFINE_int64(max_pairs, 100, "How many pairs to show at most, the first ones.");
DEFINE_int64(columns, 0, "Pairs side by side; 0 for a sheet of about 4:3.");
DEFINE_int64(scale, 4, "How many times as large to show a pixel, 1 to 32.");
DEFINE_string(output, "pairs.png", "The file to write.");

namespace minidl {
namespace {

absl::Status Run(const std::vector<std::string>& arguments) {
  MINIDL_RETURN_IF_ERROR(NoArguments(arguments));
  if (!FLAGS_pairs.empty()) {
    for (const char* flag : {"data_set", "mnist_dir", "n", "seed"}) {
      if (!IsFlagSet(flag)) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("--", flag,
                       " is of pairs that are drawn; leave it out "
                       "with --pairs"));
    }
  }
  ShowPairsOptions options;
  options.pairs = FLAGS_pairs;
  options.data_set = FLAGS_data_set;
  options.mnist_dir = FLAGS_mnist_dir;
  options.n = FLAGS_n;
  options.seed = FLAGS_seed;
  options.array = FLAGS_array;
  options.predictions = FLAGS_predictions;
  options.only_errors = FLAGS_only_errors;
  options.max_pairs = FLAGS_max_pairs;
  options.sheet.columns = FLAGS_columns;
  options.sheet.scale = FLAGS_scale;
  options.output = FLAGS_output;
  MINIDL_ASSIGN_OR_RETURN(const std::string line, ShowPairs(options));
  std::puts(line.c_str());
  return FlushStandardOutput();
}

}  // namespace
}  // namespace minidl

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "show_pairs", "[flags]",
      "Draws a contact sheet of pairs of digits as a PNG image: each pair's "
      "number, images and digits, and, with --predictions, what was said of "
      "it."};
  return minidl::ReportStatus(usage, minidl::Run(minidl::ParseCommandLine(
                                         usage, __FILE__, argc, argv)));
}
