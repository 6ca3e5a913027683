#ifndef MINIDL_STATISTICS_TABLE_H_
#define MINIDL_STATISTICS_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace minidl {

enum class Alignment { kLeft, kRight };

struct Column {
  std::string header;
  Alignment alignment = Alignment::kRight;
};

// A table of text in UTF-8. Every row has one cell for each column.
struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
};

// How many columns of a terminal `text` takes: one for every character.
size_t TextWidth(absl::string_view text);

// Columns two spaces apart, for a terminal.
std::string TextTable(const Table& table);

// As GitHub's and most other dialects of Markdown have them.
std::string MarkdownTable(const Table& table);

// A tabular of the LaTeX package booktabs, whose cells are LatexText.
std::string LatexTable(const Table& table);

// `text` so that LaTeX prints it as it is: escapes what has a meaning there,
// and sets numbers' minus signs, "±" and the like as mathematics. Other
// characters beyond ASCII stay as they are.
std::string LatexText(absl::string_view text);

// Comma-separated values as in RFC 4180, but lines end with "\n" alone, as all
// else on this system.
std::string CsvTable(const Table& table);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_TABLE_H_
