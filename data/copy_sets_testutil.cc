// Reads both sets of a NumPy archive, and writes them again:
// copy_sets_testutil pairs|disk INPUT OUTPUT.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/command_line.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "data/disk_set_file.h"
#include "data/pair_set_file.h"

namespace minidl {
namespace {

absl::StatusOr<std::string> Copy(const std::string& kind,
                                 const std::string& input) {
  if (kind == "pairs") {
    MINIDL_ASSIGN_OR_RETURN(const PairSets sets, ReadPairSets(input));
    return PairSetsArchive(sets);
  }
  MINIDL_ASSIGN_OR_RETURN(const DiskSets sets, ReadDiskSets(input));
  return DiskSetsArchive(sets);
}

absl::Status Run(const std::vector<std::string>& arguments) {
  if (arguments.size() != 3) {
    return absl::InvalidArgumentError("expected KIND INPUT OUTPUT");
  }
  MINIDL_ASSIGN_OR_RETURN(const std::string archive,
                          Copy(arguments[0], arguments[1]));
  return WriteFile(arguments[2], archive);
}

}  // namespace
}  // namespace minidl

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {"copy_sets_testutil",
                                      "pairs|disk INPUT OUTPUT", ""};
  return minidl::ReportStatus(usage, minidl::Run(minidl::ParseCommandLine(
                                         usage, __FILE__, argc, argv)));
}
