// Writes a training and a test set of digit pairs as a NumPy archive.

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/command_line.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "data/data_set_directory.h"
#include "data/data_set_name.h"
#include "data/drawing_flags.h"
#include "data/mnist.h"
#include "data/pair_set_file.h"
#include "data/pair_sets.h"
#include "gflags/gflags.h"
#include "tensor/generator.h"

DEFINE_int64(n, 1000,
             "Pairs in each of the two sets: at most half as many as "
             "there are test images, so 5000 for MNIST.");
DEFINE_int64(seed, 0, "Seed of the random numbers, 0 to 4294967295.");
DEFINE_string(output, "pairs.npz", "The file to write.");
DEFINE_string(data_set, minidl::kMnist,
              "What the images are of: mnist or fashion_mnist.");
DEFINE_string(mnist_dir, "",
              "Directory with the data set's four files, gzipped or not; the "
              "program's own if empty.");

namespace minidl {
namespace {

const ProgramUsage& Usage() {
  static const auto& usage = *new ProgramUsage{
      "generate_pair_sets", "[flags]",
      "Draws pairs of MNIST digits, averaged to 14x14 pixels, and writes a "
      "training and a test set for numpy.load: train_input (n x 2 x 14 x 14), "
      "train_target (n: 1 if the first digit <= the second), train_classes (n "
      "x 2: the digits), and the same with test_. They are what "
      "generate_pair_sets(n) of EPFL's deep-learning course gives after "
      "torch.manual_seed(seed). Of Fashion-MNIST the digits are classes."};
  return usage;
}

absl::Status CheckFlags() {
  if (FLAGS_n < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("--n=", FLAGS_n, ": expected at least 1 pair"));
  }
  MINIDL_RETURN_IF_ERROR(CheckSeedFlag(FLAGS_seed));
  return CheckOutputFlag(FLAGS_output);
}

absl::Status Run(const std::vector<std::string>& arguments) {
  MINIDL_RETURN_IF_ERROR(NoArguments(arguments));
  MINIDL_RETURN_IF_ERROR(CheckFlags());
  MINIDL_ASSIGN_OR_RETURN(const std::string directory,
                          DataSetDirectory(FLAGS_data_set, FLAGS_mnist_dir));
  MINIDL_ASSIGN_OR_RETURN(const Mnist mnist, LoadMnist(directory));
  Generator generator(static_cast<uint64_t>(FLAGS_seed));
  MINIDL_ASSIGN_OR_RETURN(const PairSets sets,
                          GeneratePairSets(mnist, FLAGS_n, generator));
  MINIDL_ASSIGN_OR_RETURN(const std::string archive, PairSetsArchive(sets));
  const std::string path = UserPath(FLAGS_output);
  MINIDL_RETURN_IF_ERROR(WriteFile(path, archive));
  const std::string line =
      absl::StrCat(path, ": train and test, each input ",
                   sets.train.inputs.shape().ToString(), ", target ",
                   sets.train.targets.shape().ToString(), ", classes ",
                   sets.train.classes.shape().ToString());
  std::puts(line.c_str());
  return FlushStandardOutput();
}

}  // namespace
}  // namespace minidl

int main(int argc, char** argv) {
  const auto arguments =
      minidl::ParseCommandLine(minidl::Usage(), __FILE__, argc, argv);
  return minidl::ReportStatus(minidl::Usage(), minidl::Run(arguments));
}
