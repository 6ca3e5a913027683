// Looks into record files: list and show.
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/command_line.h"
#include "tools/console.h"
#include "tools/list_records.h"
#include "tools/show_records.h"

namespace {

struct Subcommand {
  const char* name;
  absl::Status (*run)(const std::vector<std::string>& files,
                      const minidl::Console& console);
};

constexpr Subcommand kSubcommands[] = {
    {"list", minidl::ListRecords},
    {"show", minidl::ShowRecords},
};

absl::Status RunSubcommand(const std::vector<std::string>& arguments,
                           const minidl::Console& console) {
  std::vector<std::string> names;
  for (const Subcommand& subcommand : kSubcommands) {
    if (!arguments.empty() && arguments.front() == subcommand.name) {
      return subcommand.run({arguments.begin() + 1, arguments.end()}, console);
    }
    names.push_back(subcommand.name);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      arguments.empty()
          ? "no subcommand"
          : absl::StrCat("unknown subcommand '", arguments.front(), "'"),
      "; there are: ", absl::StrJoin(names, ", ")));
}

}  // namespace

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "records", "list|show FILE...",
      "Looks into record files. list: a line for each run record. show: all of "
      "each run record, in protobuf's text format. A FILE of - is standard "
      "input."};
  const std::vector<std::string> arguments =
      minidl::ParseCommandLine(usage, __FILE__, argc, argv);
  return minidl::RunOnConsole(usage, [&](const minidl::Console& console) {
    return RunSubcommand(arguments, console);
  });
}
