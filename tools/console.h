#ifndef MINIDL_TOOLS_CONSOLE_H_
#define MINIDL_TOOLS_CONSOLE_H_

#include <functional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/command_line.h"

namespace minidl {

// Where a program writes, so that tests can look at it.
struct Console {
  // Results, to stdout. An error if they cannot be written.
  std::function<absl::Status(absl::string_view text)> print;
  // One line for the user, to stderr: of what is doubtful, and of what was
  // done.
  std::function<void(absl::string_view message)> warn;
  std::function<void(absl::string_view message)> note;
};

// Calls `program` with the process's stdout and stderr, and returns the exit
// code for its status, which is reported.
int RunOnConsole(const ProgramUsage& usage,
                 absl::FunctionRef<absl::Status(const Console&)> program);

}  // namespace minidl

#endif  // MINIDL_TOOLS_CONSOLE_H_
