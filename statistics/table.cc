#include "statistics/table.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "base/printable.h"

namespace minidl {
namespace {

using Row = std::vector<std::string>;

// The headers, then the rows.
std::vector<Row> AllRows(const Table& table) {
  std::vector<Row> rows(1);
  for (const Column& column : table.columns) {
    rows.front().push_back(column.header);
  }
  for (const Row& row : table.rows) {
    MINIDL_CHECK(row.size() == table.columns.size(), "a row of ", row.size(),
                 " cells in a table of ", table.columns.size(), " columns");
    rows.push_back(row);
  }
  return rows;
}

// `cell` as a field of a line of comma-separated values.
std::string CsvField(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  return absl::StrCat("\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
}

}  // namespace

// Characters in UTF-8 are as many as the bytes that do not continue one.
size_t TextWidth(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string TextTable(const Table& table) {
  std::vector<Row> rows = AllRows(table);
  std::vector<size_t> widths(table.columns.size());
  for (Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = PrintableLine(row[i]);
      widths[i] = std::max(widths[i], TextWidth(row[i]));
    }
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - TextWidth(row[i]), ' ');
      const bool is_left = table.columns[i].alignment == Alignment::kLeft;
      absl::StrAppend(&line, i == 0 ? "" : "  ", is_left ? "" : padding, row[i],
                      is_left ? padding : "");
    }
    absl::StripTrailingAsciiWhitespace(&line);
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

std::string MarkdownTable(const Table& table) {
  std::vector<Row> rows = AllRows(table);
  for (Row& row : rows) {
    for (std::string& cell : row) {
      cell = absl::StrReplaceAll(cell, {{"|", "\\|"}, {"\n", " "}});
    }
  }
  Row rule;
  for (const Column& column : table.columns) {
    rule.push_back(column.alignment == Alignment::kLeft ? ":---" : "---:");
  }
  rows.insert(rows.begin() + 1, rule);
  std::string text;
  for (const Row& row : rows) {
    for (const std::string& cell : row) absl::StrAppend(&text, "| ", cell, " ");
    absl::StrAppend(&text, "|\n");
  }
  return text;
}

std::string LatexTable(const Table& table) {
  std::string text = "\\begin{tabular}{";
  for (const Column& column : table.columns) {
    text.push_back(column.alignment == Alignment::kLeft ? 'l' : 'r');
  }
  absl::StrAppend(&text, "}\n\\toprule\n");
  bool is_header = true;
  for (const Row& row : AllRows(table)) {
    absl::string_view separator = "";
    for (const std::string& cell : row) {
      absl::StrAppend(&text, separator, LatexText(cell));
      separator = " & ";
    }
    absl::StrAppend(&text, " \\\\\n", is_header ? "\\midrule\n" : "");
    is_header = false;
  }
  absl::StrAppend(&text, "\\bottomrule\n\\end{tabular}\n");
  return text;
}

std::string LatexText(absl::string_view text) {
  std::string latex = absl::StrReplaceAll(text, {{"\\", "\\textbackslash{}"},
                                                 {"{", "\\{"},
                                                 {"}", "\\}"},
                                                 {"$", "\\$"},
                                                 {"&", "\\&"},
                                                 {"#", "\\#"},
                                                 {"%", "\\%"},
                                                 {"_", "\\_"},
                                                 {"~", "\\textasciitilde{}"},
                                                 {"^", "\\textasciicircum{}"},
                                                 {"<", "$<$"},
                                                 {">", "$>$"},
                                                 {"±", "$\\pm$"},
                                                 {"×", "$\\times$"},
                                                 {"|", "\\textbar{}"}});
  // A hyphen before a digit is a minus, unless it stands between two.
  for (size_t i = 0; i + 1 < latex.size(); ++i) {
    const bool is_minus = latex[i] == '-' &&
                          absl::ascii_isdigit(latex[i + 1]) &&
                          (i == 0 || !absl::ascii_isalnum(latex[i - 1]));
    if (!is_minus) continue;
    latex.replace(i, 1, "$-$");
    i += 2;
  }
  return latex;
}

std::string CsvTable(const Table& table) {
  std::string text;
  for (const Row& row : AllRows(table)) {
    absl::string_view separator = "";
    for (const std::string& cell : row) {
      absl::StrAppend(&text, separator, CsvField(cell));
      separator = ",";
    }
    text.push_back('\n');
  }
  return text;
}

}  // namespace minidl
