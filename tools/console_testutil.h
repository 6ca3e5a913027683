#ifndef MINIDL_TOOLS_CONSOLE_TESTUTIL_H_
#define MINIDL_TOOLS_CONSOLE_TESTUTIL_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/console.h"

namespace minidl {

// Keeps what a program writes to `console`.
struct FakeConsole {
  std::string output;
  std::vector<std::string> warnings;
  std::vector<std::string> notes;

  const Console console = {
      [this](absl::string_view text) {
        absl::StrAppend(&output, text);
        return absl::OkStatus();
      },
      [this](absl::string_view message) { warnings.emplace_back(message); },
      [this](absl::string_view message) { notes.emplace_back(message); }};
};

}  // namespace minidl

#endif  // MINIDL_TOOLS_CONSOLE_TESTUTIL_H_
