#include "tools/console.h"

#include <unistd.h>

#include <cstdio>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/command_line.h"
#include "base/file.h"
#include "base/printable.h"

namespace minidl {

int RunOnConsole(const ProgramUsage& usage,
                 absl::FunctionRef<absl::Status(const Console&)> program) {
  // Unbuffered, so that nothing is left to write, and to fail, at the exit.
  const auto print = [](absl::string_view text) {
    return WriteFully(STDOUT_FILENO, Printable(text), "standard output");
  };
  const auto warn = [&usage](absl::string_view message) {
    std::fprintf(stderr, "%s: warning: %s\n", usage.name.c_str(),
                 PrintableLine(message).c_str());
  };
  const auto note = [](absl::string_view message) {
    std::fprintf(stderr, "%s\n", Printable(message).c_str());
  };
  return ReportStatus(usage, program(Console{print, warn, note}));
}

}  // namespace minidl
