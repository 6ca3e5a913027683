// Looks into record files, checks, combines and converts them.
#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/command_line.h"
#include "base/interrupt.h"
#include "base/status_macros.h"
#include "gflags/gflags.h"
#include "tools/console.h"
#include "tools/export_records.h"
#include "tools/list_records.h"
#include "tools/merge_records.h"
#include "tools/repair_records.h"
#include "tools/replay_records.h"
#include "tools/show_records.h"
#include "tools/verify_records.h"

DEFINE_string(output, "",
              "What merge, repair and export write: a file, which must not "
              "exist; - is standard output.");
DEFINE_string(format, "csv", "What export writes: csv, jsonl or tensorboard.");
DEFINE_string(without, "",
              "What merge leaves out of records, separated by commas: "
              "environment, epochs, mistakes.");
DEFINE_string(architectures, "",
              "Names of the architectures whose records replay runs, separated "
              "by commas; empty for all.");
DEFINE_int32(only_round, 0, "The round that replay runs alone, from 0.");
DEFINE_int32(jobs, 0,
             "Rounds that replay runs at the same time; 0 for one a "
             "processor.");
DEFINE_string(mnist_dir, "",
              "Directory with the data set's four files, for replay; empty for "
              "the ones that come with the program.");

namespace minidl {
namespace {

using Files = std::vector<std::string>;

absl::Status Merge(const Files& files, const Console& console) {
  return MergeRecords(files,
                      absl::StrSplit(FLAGS_without, ',', absl::SkipEmpty()),
                      FLAGS_output, CatchInterrupt(), console);
}

absl::Status Repair(const Files& files, const Console& console) {
  return RepairRecords(files, FLAGS_output, CatchInterrupt(), console);
}

absl::Status Export(const Files& files, const Console& console) {
  return ExportRecords(files, FLAGS_format, FLAGS_output, CatchInterrupt(),
                       console);
}

absl::Status Replay(const Files& files, const Console& console) {
  ReplayRecordsOptions options;
  options.files = files;
  options.architectures =
      absl::StrSplit(FLAGS_architectures, ',', absl::SkipEmpty());
  if (IsFlagSet("only_round")) options.only_round = FLAGS_only_round;
  options.mnist_dir = FLAGS_mnist_dir;
  if (FLAGS_jobs < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--jobs is ", FLAGS_jobs, "; expected at least 0"));
  }
  options.jobs =
      FLAGS_jobs > 0
          ? FLAGS_jobs
          : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return ReplayRecords(options, CatchInterrupt(), console);
}

struct Subcommand {
  const char* name;
  absl::Status (*run)(const Files& files, const Console& console);
  std::vector<std::string> flags;  // That mean something to it.
};

const std::vector<Subcommand>& Subcommands() {
  static const auto& subcommands = *new std::vector<Subcommand>{
      {"list", ListRecords, {}},
      {"show", ShowRecords, {}},
      {"verify", VerifyRecords, {}},
      {"merge", Merge, {"output", "without"}},
      {"repair", Repair, {"output"}},
      {"export", Export, {"output", "format"}},
      {"replay", Replay, {"architectures", "only_round", "jobs", "mnist_dir"}},
  };
  return subcommands;
}

// InvalidArgument if a flag is set that means something to others alone.
absl::Status CheckFlags(const Subcommand& subcommand) {
  for (const Subcommand& other : Subcommands()) {
    for (const std::string& flag : other.flags) {
      if (IsFlagSet(flag.c_str()) &&
          std::find(subcommand.flags.begin(), subcommand.flags.end(), flag) ==
              subcommand.flags.end()) {
        return absl::InvalidArgumentError(
            absl::StrCat("--", flag, " means nothing to ", subcommand.name));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Run(const std::vector<std::string>& arguments,
                 const Console& console) {
  std::vector<std::string> names;
  for (const Subcommand& subcommand : Subcommands()) {
    if (arguments.empty() || arguments.front() != subcommand.name) {
      names.push_back(subcommand.name);
      continue;
    }
    MINIDL_RETURN_IF_ERROR(CheckFlags(subcommand));
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
      "records", "list|show|verify|merge|repair|export|replay [flags] FILE...",
      "Looks into record files. list: a line for each run record. show: all of "
      "each, in protobuf's text format. verify: says what is torn or corrupt, "
      "and where. merge: writes one file of several, each run once. repair: "
      "writes every good record of a damaged file to another. export: the "
      "numbers for other software. replay: runs the rounds again and compares "
      "the records bit by bit. A FILE of - is standard input, @LIST the files "
      "that LIST names, one a line."};
  const std::vector<std::string> arguments =
      minidl::ParseCommandLine(usage, __FILE__, argc, argv);
  return minidl::RunOnConsole(usage, [&](const minidl::Console& console) {
    return minidl::Run(arguments, console);
  });
}
