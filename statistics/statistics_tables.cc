#include "statistics/statistics_tables.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "proto/statistics.pb.h"
#include "statistics/intervals.h"
#include "statistics/number_format.h"
#include "statistics/summary_table.h"
#include "statistics/table.h"

namespace minidl {
namespace {

constexpr int kDecimals = 2;

using Row = std::vector<std::string>;

void Append(const Row& more, Row& row) {
  row.insert(row.end(), more.begin(), more.end());
}

std::string Fixed(bool is_there, double value) {
  return FormatFixed(ValueIf(is_there, value), kDecimals);
}

std::string IntervalText(bool is_there, const proto::Interval& interval) {
  if (!is_there) return kNotAvailable;
  return absl::StrCat(FormatFixed(interval.low(), kDecimals), " to ",
                      FormatFixed(interval.high(), kDecimals));
}

std::string SignedIntervalText(bool is_there, const proto::Interval& interval) {
  if (!is_there) return kNotAvailable;
  return absl::StrCat(FormatSigned(interval.low(), kDecimals), " to ",
                      FormatSigned(interval.high(), kDecimals));
}

// What tables of effects have in common, after the columns that name them.
const std::vector<Column>& EffectColumns() {
  static const auto& columns = *new std::vector<Column>{
      {"n"},   {"difference"}, {IntervalName()}, {"w/t/l"},
      {"d_z"}, {"p"},          {"adjusted p"}};
  return columns;
}

Row EffectCells(const proto::PairedEffect& effect) {
  const proto::Estimate& difference = effect.difference();
  const proto::SignFlipTest& test = effect.test();
  return {absl::StrCat(difference.n()),
          FormatSigned(ValueIf(difference.has_mean(), difference.mean()),
                       kDecimals),
          SignedIntervalText(difference.has_mean_interval(),
                             difference.mean_interval()),
          absl::StrCat(effect.wins(), "/", effect.ties(), "/", effect.losses()),
          FormatSigned(ValueIf(effect.has_d_z(), effect.d_z()), kDecimals),
          FormatProbability(ValueIf(effect.has_test(), test.p())),
          FormatProbability(ValueIf(effect.has_test(), test.adjusted_p()))};
}

std::string ContrastName(proto::Contrast::Kind kind) {
  switch (kind) {
    case proto::Contrast::SHARING:
      return "shared branches";
    case proto::Contrast::AUXILIARY:
      return "auxiliary losses";
    default:
      return "interaction";
  }
}

// An enum's value as programs read it: "no_difference_shown".
std::string LowerCase(const std::string& enum_name) {
  return absl::AsciiStrToLower(enum_name);
}

std::string Exact(bool is_there, double value) {
  return is_there ? FormatExact(value) : "";
}

// The columns of an Estimate, whose names begin with `prefix`.
std::vector<Column> EstimateColumns(const std::string& prefix) {
  std::vector<Column> columns;
  for (const char* field :
       {"n", "mean", "deviation", "mean_low", "mean_high", "deviation_low",
        "deviation_high", "median", "minimum", "maximum"}) {
    columns.push_back({absl::StrCat(prefix, "_", field)});
  }
  return columns;
}

Row EstimateCells(const proto::Estimate& estimate) {
  const bool has_mean_interval = estimate.has_mean_interval();
  const bool has_deviation_interval = estimate.has_deviation_interval();
  return {absl::StrCat(estimate.n()),
          Exact(estimate.has_mean(), estimate.mean()),
          Exact(estimate.has_deviation(), estimate.deviation()),
          Exact(has_mean_interval, estimate.mean_interval().low()),
          Exact(has_mean_interval, estimate.mean_interval().high()),
          Exact(has_deviation_interval, estimate.deviation_interval().low()),
          Exact(has_deviation_interval, estimate.deviation_interval().high()),
          Exact(estimate.has_median(), estimate.median()),
          Exact(estimate.has_minimum(), estimate.minimum()),
          Exact(estimate.has_maximum(), estimate.maximum())};
}

void AppendColumns(const std::vector<Column>& more, Table& table) {
  table.columns.insert(table.columns.end(), more.begin(), more.end());
}

Table ArchitecturesData(const proto::StudyStatistics& statistics) {
  Table table;
  table.columns = {{"architecture"}, {"rounds"},    {"used"},
                   {"diverged"},     {"at_chance"}, {"interrupted"},
                   {"parameters"}};
  for (const char* figure :
       {"test_error", "train_error", "digit_error", "training_seconds"}) {
    AppendColumns(EstimateColumns(figure), table);
  }
  for (const proto::ArchitectureStatistics& architecture :
       statistics.architectures()) {
    Row row = {architecture.name(),
               absl::StrCat(architecture.rounds()),
               absl::StrCat(architecture.used()),
               absl::StrCat(architecture.diverged()),
               absl::StrCat(architecture.at_chance()),
               absl::StrCat(architecture.interrupted()),
               Exact(architecture.has_parameters(), architecture.parameters())};
    Append(EstimateCells(architecture.test_error()), row);
    Append(EstimateCells(architecture.train_error()), row);
    Append(EstimateCells(architecture.digit_error()), row);
    Append(EstimateCells(architecture.training_seconds()), row);
    table.rows.push_back(row);
  }
  return table;
}

void AppendEffectColumns(Table& table) {
  AppendColumns(EstimateColumns("difference"), table);
  AppendColumns({{"d_z"},
                 {"wins"},
                 {"ties"},
                 {"losses"},
                 {"method"},
                 {"draws"},
                 {"p"},
                 {"adjusted_p"},
                 {"family_size"},
                 {"smallest_p"},
                 {"smallest_adjusted_p"},
                 {"verdict"},
                 {"sentence"}},
                table);
}

void AppendEffectCells(const proto::PairedEffect& effect, Row& row) {
  const bool has_test = effect.has_test();
  const proto::SignFlipTest& test = effect.test();
  Append(EstimateCells(effect.difference()), row);
  Append({Exact(effect.has_d_z(), effect.d_z()), absl::StrCat(effect.wins()),
          absl::StrCat(effect.ties()), absl::StrCat(effect.losses()),
          has_test ? LowerCase(proto::SignFlipTest::Method_Name(test.method()))
                   : "",
          has_test ? absl::StrCat(test.draws()) : "", Exact(has_test, test.p()),
          Exact(has_test, test.adjusted_p()),
          has_test ? absl::StrCat(test.family_size()) : "",
          Exact(has_test, test.smallest_p()),
          Exact(has_test, test.smallest_adjusted_p()),
          LowerCase(proto::PairedEffect::Verdict_Name(effect.verdict())),
          effect.sentence()},
         row);
}

Table ComparisonsData(const proto::StudyStatistics& statistics) {
  Table table;
  table.columns = {{"architecture"}, {"reference"}};
  AppendEffectColumns(table);
  for (const proto::Comparison& comparison : statistics.comparisons()) {
    Row row = {comparison.architecture(), comparison.reference()};
    AppendEffectCells(comparison.effect(), row);
    table.rows.push_back(row);
  }
  return table;
}

Table ContrastsData(const proto::StudyStatistics& statistics) {
  Table table;
  table.columns = {{"separate"},
                   {"shared"},
                   {"separate_auxiliary"},
                   {"shared_auxiliary"},
                   {"contrast"}};
  AppendEffectColumns(table);
  for (const proto::Factorial& factorial : statistics.factorials()) {
    for (const proto::Contrast& contrast : factorial.contrasts()) {
      Row row = {factorial.separate(), factorial.shared(),
                 factorial.separate_auxiliary(), factorial.shared_auxiliary(),
                 LowerCase(proto::Contrast::Kind_Name(contrast.kind()))};
      AppendEffectCells(contrast.effect(), row);
      table.rows.push_back(row);
    }
  }
  return table;
}

Table RoundsData(const proto::StudyStatistics& statistics) {
  Table table;
  table.columns = {{"architecture"},    {"study"},       {"seed"},
                   {"round"},           {"used"},        {"reason"},
                   {"test_error"},      {"train_error"}, {"digit_error"},
                   {"training_seconds"}};
  for (const proto::ArchitectureStatistics& architecture :
       statistics.architectures()) {
    for (const proto::RoundResult& result : architecture.results()) {
      table.rows.push_back(
          {architecture.name(), result.id().study(),
           absl::StrCat(result.id().seed()), absl::StrCat(result.id().round()),
           result.used() ? "true" : "false", result.reason(),
           Exact(result.has_test_error(), result.test_error()),
           Exact(result.has_train_error(), result.train_error()),
           Exact(result.has_digit_error(), result.digit_error()),
           Exact(result.has_training_seconds(), result.training_seconds())});
    }
  }
  return table;
}

Table LintsData(const proto::StudyStatistics& statistics) {
  Table table;
  table.columns = {{"kind"},   {"severity"}, {"architectures"},
                   {"rounds"}, {"message"},  {"advice"}};
  for (const proto::Lint& lint : statistics.lints()) {
    table.rows.push_back(
        {LowerCase(proto::Lint::Kind_Name(lint.kind())),
         LowerCase(proto::Lint::Severity_Name(lint.severity())),
         absl::StrJoin(lint.architectures(), " "),
         absl::StrJoin(lint.rounds(), " ",
                       [](std::string* text, const proto::RoundId& id) {
                         absl::StrAppend(text, id.study(), ":", id.seed(), ":",
                                         id.round());
                       }),
         lint.message(), lint.advice()});
  }
  return table;
}

struct NamedDataTable {
  const char* name;
  DataTable table;
  Table (*make)(const proto::StudyStatistics&);
};

constexpr NamedDataTable kDataTables[] = {
    {"architectures", DataTable::kArchitectures, ArchitecturesData},
    {"comparisons", DataTable::kComparisons, ComparisonsData},
    {"contrasts", DataTable::kContrasts, ContrastsData},
    {"rounds", DataTable::kRounds, RoundsData},
    {"lints", DataTable::kLints, LintsData},
};

// What became of the rounds that are not used: "1 not finite, 2 at chance".
std::string UnusedText(const proto::ArchitectureStatistics& architecture) {
  std::vector<std::string> parts;
  for (const auto& [count, what] :
       {std::pair(architecture.diverged() - architecture.at_chance(),
                  "not finite"),
        std::pair(architecture.at_chance(), "at chance"),
        std::pair(architecture.interrupted(), "interrupted")}) {
    if (count > 0) parts.push_back(absl::StrCat(count, " ", what));
  }
  return absl::StrJoin(parts, ", ");
}

// The difference of an architecture to the baseline.
Row DifferenceCells(const proto::StudyStatistics& statistics,
                    const std::string& architecture) {
  for (const proto::Comparison& comparison : statistics.comparisons()) {
    if (comparison.architecture() != architecture) continue;
    const proto::PairedEffect& effect = comparison.effect();
    const proto::Estimate& difference = effect.difference();
    return {FormatSigned(ValueIf(difference.has_mean(), difference.mean()),
                         kDecimals),
            SignedIntervalText(difference.has_mean_interval(),
                               difference.mean_interval()),
            FormatProbability(
                ValueIf(effect.has_test(), effect.test().adjusted_p()))};
  }
  return {"baseline", "", ""};
}

}  // namespace

Table ResultTable(const proto::StudyStatistics& statistics) {
  const bool has_baseline = !statistics.baseline().empty();
  const bool has_unused = std::any_of(
      statistics.architectures().begin(), statistics.architectures().end(),
      [](const proto::ArchitectureStatistics& architecture) {
        return architecture.used() < architecture.rounds();
      });
  Table table;
  table.columns = {{"architecture", Alignment::kLeft},
                   {"rounds"},
                   {"params"},
                   {"test error"},
                   {IntervalName()}};
  if (has_baseline) {
    AppendColumns({{"difference"}, {IntervalName()}, {"adjusted p"}}, table);
  }
  AppendColumns({{"train error"}, {"digit error"}}, table);
  if (has_unused) {
    AppendColumns({{"not counted", Alignment::kLeft}}, table);
  }
  for (const proto::ArchitectureStatistics& architecture :
       statistics.architectures()) {
    const proto::Estimate& error = architecture.test_error();
    Row row = {
        architecture.name(),
        absl::StrCat(architecture.used(), "/", architecture.rounds()),
        architecture.has_parameters()
            ? FormatCount(static_cast<int64_t>(architecture.parameters()))
            : kNotAvailable,
        MeanAndDeviation(error),
        IntervalText(error.has_mean_interval(), error.mean_interval())};
    if (has_baseline) {
      Append(DifferenceCells(statistics, architecture.name()), row);
    }
    Append({MeanAndDeviation(architecture.train_error()),
            MeanAndDeviation(architecture.digit_error())},
           row);
    if (has_unused) row.push_back(UnusedText(architecture));
    table.rows.push_back(row);
  }
  return table;
}

Table TestErrorTable(const proto::StudyStatistics& statistics) {
  Table table;
  table.columns = {{"architecture", Alignment::kLeft},
                   {"n"},
                   {"mean"},
                   {IntervalName()},
                   {"deviation"},
                   {IntervalName()},
                   {"median"},
                   {"min"},
                   {"max"}};
  for (const proto::ArchitectureStatistics& architecture :
       statistics.architectures()) {
    const proto::Estimate& error = architecture.test_error();
    table.rows.push_back(
        {architecture.name(), absl::StrCat(error.n()),
         Fixed(error.has_mean(), error.mean()),
         IntervalText(error.has_mean_interval(), error.mean_interval()),
         Fixed(error.has_deviation(), error.deviation()),
         IntervalText(error.has_deviation_interval(),
                      error.deviation_interval()),
         Fixed(error.has_median(), error.median()),
         Fixed(error.has_minimum(), error.minimum()),
         Fixed(error.has_maximum(), error.maximum())});
  }
  return table;
}

Table ComparisonTable(const proto::StudyStatistics& statistics) {
  Table table;
  table.columns = {{"architecture", Alignment::kLeft},
                   {"reference", Alignment::kLeft}};
  AppendColumns(EffectColumns(), table);
  for (const proto::Comparison& comparison : statistics.comparisons()) {
    Row row = {comparison.architecture(), comparison.reference()};
    Append(EffectCells(comparison.effect()), row);
    table.rows.push_back(row);
  }
  return table;
}

Table ContrastTable(const proto::Factorial& factorial) {
  Table table;
  table.columns = {{"contrast", Alignment::kLeft}};
  AppendColumns(EffectColumns(), table);
  for (const proto::Contrast& contrast : factorial.contrasts()) {
    Row row = {ContrastName(contrast.kind())};
    Append(EffectCells(contrast.effect()), row);
    table.rows.push_back(row);
  }
  return table;
}

absl::StatusOr<DataTable> ParseDataTable(absl::string_view name) {
  std::vector<std::string> names;
  for (const NamedDataTable& table : kDataTables) {
    if (table.name == name) return table.table;
    names.push_back(table.name);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "unknown table '", name, "'; there are ", absl::StrJoin(names, ", ")));
}

Table MakeDataTable(const proto::StudyStatistics& statistics, DataTable table) {
  for (const NamedDataTable& candidate : kDataTables) {
    if (candidate.table == table) return candidate.make(statistics);
  }
  return {};
}

}  // namespace minidl
