#include "base/printable.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace minidl {
namespace {

unsigned char Byte(absl::string_view text, size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

// The character at `i` if it is one of more than one byte that is written out,
// otherwise 0; `size` is how many bytes it has.
unsigned UnprintableCharacter(absl::string_view text, size_t i, size_t* size) {
  // C1: U+0080 to U+009F.
  if (Byte(text, i) == 0xc2 && Byte(text, i + 1) >= 0x80 &&
      Byte(text, i + 1) <= 0x9f) {
    *size = 2;
    return Byte(text, i + 1);
  }
  // U+200E, U+200F, U+2028 to U+202E, and U+2066 to U+2069.
  if (Byte(text, i) != 0xe2 ||
      (Byte(text, i + 1) != 0x80 && Byte(text, i + 1) != 0x81)) {
    return 0;
  }
  const unsigned character =
      0x2000 | (Byte(text, i + 1) & 1u) << 6 | (Byte(text, i + 2) & 0x3fu);
  *size = 3;
  const bool is_mark = character == 0x200e || character == 0x200f ||
                       (0x2028 <= character && character <= 0x202e) ||
                       (0x2066 <= character && character <= 0x2069);
  return is_mark ? character : 0;
}

}  // namespace

std::string Printable(absl::string_view text) {
  std::string printable;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char byte = Byte(text, i);
    if ((byte < 0x20 && byte != '\n') || byte == 0x7f) {
      absl::StrAppendFormat(&printable, "\\x%02x", byte);
      continue;
    }
    size_t size;
    const unsigned character = UnprintableCharacter(text, i, &size);
    if (character == 0) {
      printable.push_back(text[i]);
      continue;
    }
    absl::StrAppendFormat(&printable, "\\u%04x", character);
    i += size - 1;
  }
  return printable;
}

std::string PrintableLine(absl::string_view text) {
  return absl::StrReplaceAll(Printable(text), {{"\n", "\\n"}});
}

}  // namespace minidl
