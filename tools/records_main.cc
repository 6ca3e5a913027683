// Looks into record files, checks, combines and converts them.
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/command_line.h"
#include "base/interrupt.h"
#include "gflags/gflags.h"
#include "tools/console.h"
#include "tools/export_records.h"
#include "tools/list_records.h"
#include "tools/merge_records.h"
#include "tools/repair_records.h"
#include "tools/show_records.h"
#include "tools/verify_records.h"

DEFINE_string(output, "",
              "What merge, repair and export write: a file, which must not "
              "exist; - is standard output.");
DEFINE_string(format, "csv", "What export writes: csv, jsonl or tensorboard.");

namespace minidl {
namespace {

using Files = std::vector<std::string>;

absl::Status Merge(const Files& files, const Console& console) {
  return MergeRecords(files, FLAGS_output, CatchInterrupt(), console);
}

absl::Status Repair(const Files& files, const Console& console) {
  return RepairRecords(files, FLAGS_output, CatchInterrupt(), console);
}

absl::Status Export(const Files& files, const Console& console) {
  return ExportRecords(files, FLAGS_format, FLAGS_output, CatchInterrupt(),
                       console);
}

struct Subcommand {
  const char* name;
  absl::Status (*run)(const Files& files, const Console& console);
  bool has_output;
  bool has_format;
};

constexpr Subcommand kSubcommands[] = {
    {"list", ListRecords, false, false},
    {"show", ShowRecords, false, false},
    {"verify", VerifyRecords, false, false},
    {"merge", Merge, true, false},
    {"repair", Repair, true, false},
    {"export", Export, true, true},
};

absl::Status Run(const std::vector<std::string>& arguments,
                 const Console& console) {
  std::vector<std::string> names;
  for (const Subcommand& subcommand : kSubcommands) {
    if (arguments.empty() || arguments.front() != subcommand.name) {
      names.push_back(subcommand.name);
      continue;
    }
    for (const auto& [flag, allowed] :
         {std::pair("output", subcommand.has_output),
          std::pair("format", subcommand.has_format)}) {
      if (IsFlagSet(flag) && !allowed) {
        return absl::InvalidArgumentError(
            absl::StrCat("--", flag, " means nothing to ", subcommand.name));
      }
    }
    return subcommand.run({arguments.begin() + 1, arguments.end()}, console);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      arguments.empty()
          ? "no subcommand"
          : absl::StrCat("unknown subcommand '", arguments.front(), "'"),
      "; there are: ", absl::StrJoin(names, ", ")));
}

}  // namespace
}  // namespace minidl

int main(int argc, char** argv) {
  const minidl::ProgramUsage usage = {
      "records", "list|show|verify|merge|repair|export [flags] FILE...",
      "Looks into record files. list: a line for each run record. show: all of "
      "each, in protobuf's text format. verify: reads every record, and says "
      "what is torn or corrupt and where. merge: writes one file of several, "
      "each run once. repair: writes every good record of a damaged file to "
      "another. export: the numbers for other software. A FILE of - is "
      "standard input, @LIST the files that LIST names, one a line."};
  const std::vector<std::string> arguments =
      minidl::ParseCommandLine(usage, __FILE__, argc, argv);
  return minidl::RunOnConsole(usage, [&](const minidl::Console& console) {
    return minidl::Run(arguments, console);
  });
}
