#include "statistics/statistics_format.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/printable.h"
#include "base/proto_json.h"
#include "google/protobuf/util/json_util.h"
#include "proto/statistics.pb.h"
#include "statistics/intervals.h"
#include "statistics/number_format.h"
#include "statistics/sign_flip.h"
#include "statistics/statistics_tables.h"
#include "statistics/summary_table.h"
#include "statistics/table.h"

namespace minidl {
namespace {

using proto::StudyStatistics;

// How a format writes what a report is made of.
struct Markup {
  std::string (*heading)(const std::string& text);
  std::string (*table)(const Table& table);
  std::string (*paragraph)(const std::string& text);
  std::string (*list)(const std::vector<std::string>& items);
};

constexpr size_t kTextColumns = 80;

// `text` in lines of at most kTextColumns, the first of which starts with
// `first_indent`, the others with as many spaces.
std::string Wrapped(const std::string& text, const std::string& first_indent) {
  std::string lines = first_indent;
  // Names in it come from files of other people.
  const std::string line = PrintableLine(text);
  size_t column = first_indent.size();
  bool is_line_empty = true;
  for (const absl::string_view word : absl::StrSplit(line, ' ')) {
    if (!is_line_empty && column + 1 + TextWidth(word) > kTextColumns) {
      absl::StrAppend(&lines, "\n", std::string(first_indent.size(), ' '));
      column = first_indent.size();
      is_line_empty = true;
    }
    absl::StrAppend(&lines, is_line_empty ? "" : " ", word);
    column += (is_line_empty ? 0 : 1) + TextWidth(word);
    is_line_empty = false;
  }
  return lines + "\n";
}

const Markup kTextMarkup = {
    [](const std::string& text) { return PrintableLine(text) + "\n\n"; },
    [](const Table& table) { return TextTable(table) + "\n"; },
    [](const std::string& text) { return Wrapped(text, "") + "\n"; },
    [](const std::vector<std::string>& items) {
      std::string text;
      for (const std::string& item : items) {
        absl::StrAppend(&text, Wrapped(item, "- "));
      }
      return text + "\n";
    }};

const Markup kMarkdownMarkup = {
    [](const std::string& text) {
      return absl::StrCat("### ", PrintableLine(text), "\n\n");
    },
    [](const Table& table) { return MarkdownTable(table) + "\n"; },
    [](const std::string& text) { return PrintableLine(text) + "\n\n"; },
    [](const std::vector<std::string>& items) {
      std::string text;
      for (const std::string& item : items) {
        absl::StrAppend(&text, "- ", PrintableLine(item), "\n");
      }
      return text + "\n";
    }};

const Markup kLatexMarkup = {
    [](const std::string& text) {
      return absl::StrCat("\\paragraph{", LatexText(text), "}\n\n");
    },
    [](const Table& table) { return LatexTable(table) + "\n"; },
    [](const std::string& text) { return LatexText(text) + "\n\n"; },
    [](const std::vector<std::string>& items) {
      std::string text = "\\begin{itemize}\n";
      for (const std::string& item : items) {
        absl::StrAppend(&text, "\\item ", LatexText(item), "\n");
      }
      return text + "\\end{itemize}\n\n";
    }};

std::string TestNote(bool has_monte_carlo) {
  return absl::StrCat(
      "Differences of test errors in percentage points, architecture minus "
      "reference, round by round on the same data; ",
      IntervalName(),
      " by Student's t, of each difference by itself; w/t/l: rounds below, "
      "equal to and above zero; d_z: mean over "
      "standard deviation of the differences; p: sign-flip permutation test, "
      "two-sided",
      has_monte_carlo
          ? absl::StrCat(", over ", FormatCount(kSignFlipDraws),
                         " random assignments of signs (seed ", kSignFlipSeed,
                         ") where there are more than ",
                         kMaxEnumeratedDifferences, " differences")
          : ", over all assignments of signs",
      "; adjusted p: Holm's, over the table.");
}

bool HasMonteCarlo(const StudyStatistics& statistics) {
  for (const proto::Comparison& comparison : statistics.comparisons()) {
    if (comparison.effect().test().method() ==
        proto::SignFlipTest::MONTE_CARLO) {
      return true;
    }
  }
  return false;
}

// Each lint's message, and what to do after the last of those that advise the
// same.
std::vector<std::string> LintTexts(const StudyStatistics& statistics) {
  std::vector<std::string> texts;
  for (int i = 0; i < statistics.lints_size(); ++i) {
    const proto::Lint& lint = statistics.lints(i);
    texts.push_back(absl::StrCat(
        lint.severity() == proto::Lint::WARNING ? "warning: " : "note: ",
        lint.message(), "."));
    if (i + 1 == statistics.lints_size() ||
        statistics.lints(i + 1).advice() != lint.advice()) {
      absl::StrAppend(&texts.back(), " What to do: ", lint.advice(), ".");
    }
  }
  return texts;
}

std::string FactorialText(const proto::Factorial& factorial) {
  return absl::StrCat(
      "The 2×2 design of ", factorial.separate(), ", ", factorial.shared(),
      ", ", factorial.separate_auxiliary(), " and ",
      factorial.shared_auxiliary(),
      ", in the rounds that all four have finished. The first two contrasts "
      "are means over the other factor's two levels; the interaction is what "
      "auxiliary losses change with shared branches minus what they change "
      "with separate ones.");
}

std::string Title(const StudyStatistics& statistics) {
  return absl::StrCat(statistics.studies_size() == 1 ? "Study " : "Studies ",
                      absl::StrJoin(statistics.studies(), ", "),
                      statistics.seeds_size() == 1 ? ", seed " : ", seeds ",
                      absl::StrJoin(statistics.seeds(), ", "));
}

std::string Report(const StudyStatistics& statistics, const Markup& markup) {
  std::string text = absl::StrCat(
      markup.heading(Title(statistics)), markup.table(SummaryTable(statistics)),
      markup.paragraph(SummaryCaption()),
      markup.heading("Test error in %, over the rounds used"),
      markup.table(TestErrorTable(statistics)));
  if (statistics.comparisons_size() > 0) {
    std::vector<std::string> sentences;
    for (const proto::Comparison& comparison : statistics.comparisons()) {
      sentences.push_back(comparison.effect().sentence());
    }
    absl::StrAppend(&text,
                    markup.heading(statistics.baseline().empty()
                                       ? "Each with each"
                                       : "Against " + statistics.baseline()),
                    markup.table(ComparisonTable(statistics)),
                    markup.paragraph(TestNote(HasMonteCarlo(statistics))),
                    markup.list(sentences));
  }
  for (const proto::Factorial& factorial : statistics.factorials()) {
    std::vector<std::string> sentences;
    for (const proto::Contrast& contrast : factorial.contrasts()) {
      sentences.push_back(contrast.effect().sentence());
    }
    absl::StrAppend(
        &text, markup.heading("Shared branches and auxiliary losses"),
        markup.table(ContrastTable(factorial)),
        markup.paragraph(FactorialText(factorial)), markup.list(sentences));
  }
  if (statistics.lints_size() > 0) {
    absl::StrAppend(&text, markup.heading("Before you use these numbers"),
                    markup.list(LintTexts(statistics)));
  }
  // The last part ends with an empty line, as all do.
  text.pop_back();
  return text;
}

// One table of those that programs can have, for people.
std::string OneTable(const StudyStatistics& statistics, DataTable table,
                     const Markup& markup) {
  std::string text;
  switch (table) {
    case DataTable::kArchitectures:
      text = markup.table(ResultTable(statistics));
      break;
    case DataTable::kComparisons:
      text = markup.table(ComparisonTable(statistics));
      break;
    case DataTable::kContrasts:
      for (const proto::Factorial& factorial : statistics.factorials()) {
        absl::StrAppend(&text, markup.table(ContrastTable(factorial)));
      }
      break;
    case DataTable::kRounds:
      text = markup.table(MakeDataTable(statistics, table));
      break;
    case DataTable::kLints:
      if (statistics.lints_size() > 0) {
        text = markup.list(LintTexts(statistics));
      }
      break;
  }
  // All parts end with an empty line.
  if (!text.empty()) text.pop_back();
  return text;
}

std::string Print(const StudyStatistics& statistics,
                  std::optional<DataTable> table, const Markup& markup) {
  return table.has_value() ? OneTable(statistics, *table, markup)
                           : Report(statistics, markup);
}

}  // namespace

absl::StatusOr<StatisticsFormat> ParseStatisticsFormat(absl::string_view name) {
  if (name == "text") return StatisticsFormat::kText;
  if (name == "markdown") return StatisticsFormat::kMarkdown;
  if (name == "latex") return StatisticsFormat::kLatex;
  if (name == "csv") return StatisticsFormat::kCsv;
  if (name == "json") return StatisticsFormat::kJson;
  return absl::InvalidArgumentError(
      absl::StrCat("unknown format '", name,
                   "'; there are text, markdown, latex, csv and json"));
}

std::string FormatStatistics(const StudyStatistics& statistics,
                             StatisticsFormat format,
                             std::optional<DataTable> table) {
  switch (format) {
    case StatisticsFormat::kText:
      return Print(statistics, table, kTextMarkup);
    case StatisticsFormat::kMarkdown:
      return Print(statistics, table, kMarkdownMarkup);
    case StatisticsFormat::kLatex:
      return "% Needs \\usepackage{booktabs}.\n" +
             Print(statistics, table, kLatexMarkup);
    case StatisticsFormat::kCsv:
      return CsvTable(
          MakeDataTable(statistics, table.value_or(DataTable::kArchitectures)));
    case StatisticsFormat::kJson:
      return StatisticsJson(statistics);
  }
  return "";
}

std::string StatisticsJson(const StudyStatistics& statistics) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  return ProtoJson(statistics, options);
}

}  // namespace minidl
