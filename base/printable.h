#ifndef MINIDL_BASE_PRINTABLE_H_
#define MINIDL_BASE_PRINTABLE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace minidl {

// `text`, in UTF-8, with what could make a terminal do or show something else
// than the text written out, as "\x1b" or "\u202e": control characters (C0,
// DEL, C1) other than '\n', and Unicode's marks that change the direction of
// what follows. For what comes from files of other people, such as names.
std::string Printable(absl::string_view text);

// The same on one line: '\n' becomes "\n".
std::string PrintableLine(absl::string_view text);

}  // namespace minidl

#endif  // MINIDL_BASE_PRINTABLE_H_
