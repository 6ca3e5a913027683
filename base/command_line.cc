#include "base/command_line.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/printable.h"
#include "gflags/gflags.h"

// What gflags calls to stop the program after an error; exported by the library
// but not declared in its headers.
namespace google {
extern void (*gflags_exitfunc)(int);
}  // namespace google

namespace minidl {
namespace {

constexpr size_t kHelpWidth = 80;

// Appends `text` to `out`, whose last line has `column` columns, wrapped at
// kHelpWidth; lines that it starts begin with `indent` spaces.
void AppendWrapped(absl::string_view text, size_t indent, size_t column,
                   std::string* out) {
  bool starts_line = column == 0;
  for (const absl::string_view word :
       absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (!starts_line && column + 1 + word.size() > kHelpWidth) {
      absl::StrAppend(out, "\n", std::string(indent, ' '));
      column = indent;
      starts_line = true;
    }
    if (!starts_line) {
      out->push_back(' ');
      ++column;
    }
    absl::StrAppend(out, word);
    column += word.size();
    starts_line = false;
  }
}

// " [10]", or nothing for what is empty, 0 or false: those defaults mean that
// the flag asks for nothing.
std::string DefaultValue(const google::CommandLineFlagInfo& flag) {
  std::string value = flag.default_value;
  double number;
  if (flag.type == "double" && absl::SimpleAtod(value, &number)) {
    value = absl::StrCat(number);  // Not 0.10000000000000001.
  }
  if (value.empty() || value == "0" || value == "false") return "";
  return absl::StrCat(" [", value, "]");
}

std::string Help(const ProgramUsage& usage, absl::string_view file) {
  std::string help =
      absl::StrCat("Usage: ", usage.name, " ", usage.arguments, "\n\n");
  AppendWrapped(usage.description, 0, 0, &help);
  std::vector<google::CommandLineFlagInfo> flags;
  google::GetAllFlags(&flags);  // Sorted by file, then by name.
  flags.erase(std::remove_if(flags.begin(), flags.end(),
                             [file](const google::CommandLineFlagInfo& flag) {
                               return flag.filename != file;
                             }),
              flags.end());
  if (!flags.empty()) help += "\n\nFlags, with their defaults:\n";
  for (const google::CommandLineFlagInfo& flag : flags) {
    std::string line = absl::StrCat("  --", flag.name, " ");
    constexpr size_t kIndent = 6;
    AppendWrapped(absl::StrCat(flag.description, DefaultValue(flag)), kIndent,
                  line.size(), &line);
    absl::StrAppend(&help, line, "\n");
  }
  if (flags.empty()) help += "\n";
  return help;
}

// What the program says where there is no memory left, with which nothing can
// be put together any more.
std::string& OutOfMemoryMessage() {
  static auto& message = *new std::string();
  return message;
}

void ExitOutOfMemory() {
  const std::string& message = OutOfMemoryMessage();
  // Whether it can be written or not, this is the end.
  const ssize_t ignored = write(STDERR_FILENO, message.data(), message.size());
  (void)ignored;
  _exit(kExitFailure);
}

// Where standard input, output or error is closed, the next file that is opened
// would take its descriptor, and with it the messages that are printed. Takes
// it with a file that fails as a closed one does: the null device, but opened
// for reading where the program writes, and for writing where it reads.
void OccupyStandardDescriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) >= 0) continue;
    // The lowest that is free: those below are taken by now.
    const int mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (open("/dev/null", mode) != descriptor) _exit(kExitFailure);
  }
}

}  // namespace

std::vector<std::string> ParseCommandLine(const ProgramUsage& usage,
                                          const char* file, int argc,
                                          char** argv) {
  OccupyStandardDescriptors();
  for (int i = 1; i < argc; ++i) {
    const absl::string_view argument = argv[i];
    if (argument == "--") break;
    if (argument == "--help" || argument == "-help" || argument == "-h") {
      std::fputs(Help(usage, file).c_str(), stdout);
      std::exit(ReportStatus(usage, FlushStandardOutput()));
    }
  }
  OutOfMemoryMessage() = absl::StrCat(
      usage.name,
      ": out of memory; free some, or ask for less at a time: smaller batches, "
      "files or networks, or fewer --jobs\n");
  std::set_new_handler(ExitOutOfMemory);
  google::gflags_exitfunc = [](int) { std::exit(kExitUsage); };
  google::ParseCommandLineNonHelpFlags(&argc, &argv, /*remove_flags=*/true);
  return std::vector<std::string>(argv + 1, argv + argc);
}

bool IsFlagSet(const char* name) {
  return !google::GetCommandLineFlagInfoOrDie(name).is_default;
}

absl::Status NoArguments(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("unexpected argument '", absl::StrJoin(arguments, "' '"),
                   "'; flags are written --name=value"));
}

absl::Status FlushStandardOutput() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(errno, "cannot write to standard output");
}

int ReportStatus(const ProgramUsage& usage, const absl::Status& status) {
  if (status.ok()) return kExitSuccess;
  std::fprintf(stderr, "%s: %s\n", usage.name.c_str(),
               PrintableLine(status.message()).c_str());
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return kExitUsage;
    case absl::StatusCode::kCancelled:
      return kExitInterrupted;
    default:
      return kExitFailure;
  }
}

}  // namespace minidl
