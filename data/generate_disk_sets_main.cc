// Writes a training and a test set of points and a disk as a NumPy archive.

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
#include "data/disk_set.h"
#include "data/disk_set_file.h"
#include "data/drawing_flags.h"
#include "gflags/gflags.h"
#include "tensor/generator.h"

DEFINE_int64(n, 1000, "Points in each of the two sets, at most 10000000.");
DEFINE_int64(seed, 0, "Seed of the random numbers, 0 to 4294967295.");
DEFINE_string(output, "disk.npz", "The file to write.");

namespace minidl {
namespace {

const ProgramUsage& Usage() {
  static const auto& usage = *new ProgramUsage{
      "generate_disk_sets", "[flags]",
      "Draws points of the unit square, and writes a training and a test set "
      "for numpy.load: train_input (n x 2) and train_target (n: 1 inside the "
      "disk of radius 1/sqrt(2 pi) about the centre, else 0), and the same "
      "with test_. The points are those that PyTorch draws with "
      "torch.empty(n, 2).uniform_() after torch.manual_seed(seed), and those "
      "of `disk --points=n --seed=seed`; `disk --data=FILE` trains on them, "
      "or on yours."};
  return usage;
}

absl::Status CheckFlags() {
  if (FLAGS_n < 1 || FLAGS_n > kMaxDiskPoints) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--n=", FLAGS_n, ": expected 1 to ", kMaxDiskPoints, " points"));
  }
  MINIDL_RETURN_IF_ERROR(CheckSeedFlag(FLAGS_seed));
  return CheckOutputFlag(FLAGS_output);
}

absl::Status Run(const std::vector<std::string>& arguments) {
  MINIDL_RETURN_IF_ERROR(NoArguments(arguments));
  MINIDL_RETURN_IF_ERROR(CheckFlags());
  Generator generator(static_cast<uint64_t>(FLAGS_seed));
  DiskSets sets;
  MINIDL_ASSIGN_OR_RETURN(sets.train, GenerateDiskSet(FLAGS_n, generator));
  MINIDL_ASSIGN_OR_RETURN(sets.test, GenerateDiskSet(FLAGS_n, generator));
  MINIDL_ASSIGN_OR_RETURN(const std::string archive, DiskSetsArchive(sets));
  const std::string path = UserPath(FLAGS_output);
  MINIDL_RETURN_IF_ERROR(WriteFile(path, archive));
  const std::string line =
      absl::StrCat(path, ": train and test, each input ",
                   sets.train.points.shape().ToString(), ", target ",
                   sets.train.labels.shape().ToString());
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
