#ifndef MINIDL_BASE_COMMAND_LINE_H_
#define MINIDL_BASE_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace minidl {

// The exit codes of every program here.
inline constexpr int kExitSuccess = 0;
inline constexpr int kExitFailure = 1;  // The work could not be done.
inline constexpr int kExitUsage =
    2;  // A flag or argument is wrong; nothing was done.
inline constexpr int kExitInterrupted =
    130;  // Ctrl-C, as the shell reports it, or SIGTERM.

// What `--help` says about a program, besides its flags.
struct ProgramUsage {
  std::string name;       // "digit_pairs"
  std::string arguments;  // "[flags] FILE..."
  std::string description;
};

// Parses the gflags that the program's own main file, `file` (its __FILE__),
// defines, and returns the arguments that are not flags. Stops the program for
// `--help` (printed to stdout, exit 0) and, before any work, for unknown flags
// and malformed values (message on stderr, exit 2). From then on a program for
// which there is not enough memory says so and stops, with exit 1, and no file
// that it opens gets the descriptor of a standard stream that is closed.
std::vector<std::string> ParseCommandLine(const ProgramUsage& usage,
                                          const char* file, int argc,
                                          char** argv);

// Whether the command line gave the flag `name` a value, be it the default.
bool IsFlagSet(const char* name);

// An error if there are positional arguments, for programs that take none.
absl::Status NoArguments(const std::vector<std::string>& arguments);

// Writes out what was printed to stdout. An error if that failed, as on a full
// disk: call it once at the end, so that the exit code tells.
absl::Status FlushStandardOutput();

// Prints an error to stderr, as "NAME: message", and returns the exit code for
// it: 0 for OK, 2 for InvalidArgument, 130 for Cancelled, 1 for all others.
int ReportStatus(const ProgramUsage& usage, const absl::Status& status);

}  // namespace minidl

#endif  // MINIDL_BASE_COMMAND_LINE_H_
