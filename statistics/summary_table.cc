#include "statistics/summary_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "statistics/moments.h"
#include "statistics/number_format.h"
#include "statistics/summary.h"
#include "statistics/table.h"

namespace minidl {
namespace {

constexpr int kDecimals = 2;

std::string MeanAndDeviation(const std::optional<Moments>& moments) {
  if (!moments.has_value()) return kNotAvailable;
  return absl::StrCat(FormatFixed(moments->mean, kDecimals), " ± ",
                      FormatFixed(moments->deviation, kDecimals));
}

Table TableForPeople(const Summary& summary) {
  Table table;
  // "params", so that the table of names of up to 16 letters has 80 columns.
  table.columns = {{"architecture", Alignment::kLeft},
                   {"rounds"},
                   {"params"},
                   {"test error"},
                   {"train error"},
                   {"digit error"},
                   {"time s"}};
  for (const ArchitectureSummary& architecture : summary.architectures) {
    const std::optional<Moments>& seconds = architecture.training_seconds;
    table.rows.push_back(
        {architecture.name,
         absl::StrCat(architecture.finished, "/", architecture.rounds),
         architecture.parameter_count.has_value()
             ? FormatCount(*architecture.parameter_count)
             : kNotAvailable,
         MeanAndDeviation(architecture.test_error),
         MeanAndDeviation(architecture.train_error),
         MeanAndDeviation(architecture.digit_error),
         seconds.has_value() ? FormatFixed(seconds->mean, kDecimals)
                             : kNotAvailable});
  }
  return table;
}

// What explains the table for people.
std::vector<std::string> Explanations(const Summary& summary) {
  std::vector<std::string> lines = {
      "Errors in %, mean ± standard deviation (n-1) of the rounds used; mean "
      "time."};
  for (const ArchitectureSummary& architecture : summary.architectures) {
    if (architecture.diverged == 0) continue;
    lines.push_back(absl::StrCat(
        "diverged: ", architecture.diverged, " of ", architecture.rounds,
        architecture.rounds == 1 ? " round of " : " rounds of ",
        architecture.name, ", left out of its figures"));
  }
  lines.insert(lines.end(), summary.notes.begin(), summary.notes.end());
  return lines;
}

Table TableForPrograms(const Summary& summary) {
  using OptionalMoments = std::optional<Moments> ArchitectureSummary::*;
  struct Figure {
    std::string name;
    OptionalMoments moments;
  };
  const std::vector<Figure> figures = {
      {"test_error_percent", &ArchitectureSummary::test_error},
      {"train_error_percent", &ArchitectureSummary::train_error},
      {"digit_error_percent", &ArchitectureSummary::digit_error},
      {"training_seconds", &ArchitectureSummary::training_seconds}};

  Table table;
  table.columns = {{"architecture", Alignment::kLeft},
                   {"rounds_used"},
                   {"rounds"},
                   {"parameters"}};
  for (const Figure& figure : figures) {
    table.columns.push_back({figure.name + "_mean"});
    table.columns.push_back({figure.name + "_deviation"});
  }
  for (const ArchitectureSummary& architecture : summary.architectures) {
    const std::optional<int64_t>& parameters = architecture.parameter_count;
    std::vector<std::string> row = {
        architecture.name, absl::StrCat(architecture.finished),
        absl::StrCat(architecture.rounds),
        parameters.has_value() ? absl::StrCat(*parameters) : ""};
    for (const Figure& figure : figures) {
      const std::optional<Moments>& moments = architecture.*figure.moments;
      const bool has_deviation =
          moments.has_value() && moments->deviation.has_value();
      row.push_back(moments.has_value() ? FormatExact(moments->mean) : "");
      row.push_back(has_deviation ? FormatExact(*moments->deviation) : "");
    }
    table.rows.push_back(row);
  }
  return table;
}

}  // namespace

absl::StatusOr<SummaryFormat> ParseSummaryFormat(absl::string_view name) {
  if (name == "text") return SummaryFormat::kText;
  if (name == "markdown") return SummaryFormat::kMarkdown;
  if (name == "csv") return SummaryFormat::kCsv;
  return absl::InvalidArgumentError(absl::StrCat(
      "unknown format '", name, "'; there are text, markdown and csv"));
}

std::string FormatSummary(const Summary& summary, SummaryFormat format) {
  std::string text;
  switch (format) {
    case SummaryFormat::kText:
      text = TextTable(TableForPeople(summary)) + "\n";
      for (const std::string& line : Explanations(summary)) {
        absl::StrAppend(&text, line, "\n");
      }
      break;
    case SummaryFormat::kMarkdown:
      text = MarkdownTable(TableForPeople(summary)) + "\n";
      for (const std::string& line : Explanations(summary)) {
        absl::StrAppend(&text, "- ", line, "\n");
      }
      break;
    case SummaryFormat::kCsv:
      text = CsvTable(TableForPrograms(summary));
      break;
  }
  return text;
}

}  // namespace minidl
