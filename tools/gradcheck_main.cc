// Checks an architecture's gradients against numeric ones.
#include <string>
#include <vector>

#include "base/command_line.h"
#include "gflags/gflags.h"
#include "tools/console.h"
#include "tools/gradcheck.h"

DEFINE_uint64(seed, 0,
              "Seed of initial weights, pairs, dropout mask and samples.");
DEFINE_int32(batch_size, 4, "Pairs in the batch.");
DEFINE_int32(samples, 50, "Elements to check of each tensor; 0 for all.");

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "gradcheck", "[flags] ARCHITECTURE...",
      "Compares the gradients of each architecture's loss, with its auxiliary "
      "losses, by every parameter and by the input with numeric ones, in "
      "double precision, in training mode with a fixed dropout mask. Prints "
      "the worst first: the largest error, and that relative to the largest "
      "gradient. Exit code 1 if one is wrong: off by more than rounding and a "
      "millionth. Kinks of ReLU and ties in max-pooling are told from errors."};
  const std::vector<std::string> arguments =
      minidl::ParseCommandLine(usage, __FILE__, argc, argv);
  return minidl::RunOnConsole(usage, [&](const minidl::Console& console) {
    return minidl::CheckArchitectureGradients(
        {arguments, FLAGS_seed, FLAGS_batch_size, FLAGS_samples}, console);
  });
}
