#ifndef MINIDL_STATISTICS_TABLE_H_
#define MINIDL_STATISTICS_TABLE_H_

#include <string>
#include <vector>

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

// Columns two spaces apart, for a terminal. Every character counts as one
// column wide.
std::string TextTable(const Table& table);

// As GitHub's and most other dialects of Markdown have them.
std::string MarkdownTable(const Table& table);

// Comma-separated values as in RFC 4180, but lines end with "\n" alone, as all
// else on this system.
std::string CsvTable(const Table& table);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_TABLE_H_
