#include "statistics/summary_table.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "proto/statistics.pb.h"
#include "statistics/number_format.h"
#include "statistics/table.h"

namespace minidl {
namespace {

constexpr int kDecimals = 2;

}  // namespace

std::string MeanAndDeviation(const proto::Estimate& estimate) {
  if (!estimate.has_mean()) return kNotAvailable;
  return absl::StrCat(
      FormatFixed(estimate.mean(), kDecimals), " ± ",
      FormatFixed(ValueIf(estimate.has_deviation(), estimate.deviation()),
                  kDecimals));
}

Table SummaryTable(const proto::StudyStatistics& statistics) {
  Table table;
  // "params", so that the table of names of up to 16 letters has 80 columns.
  table.columns = {{"architecture", Alignment::kLeft},
                   {"rounds"},
                   {"params"},
                   {"test error"},
                   {"train error"},
                   {"digit error"},
                   {"time s"}};
  for (const proto::ArchitectureStatistics& architecture :
       statistics.architectures()) {
    const proto::Estimate& seconds = architecture.training_seconds();
    table.rows.push_back(
        {architecture.name(),
         absl::StrCat(architecture.used(), "/", architecture.rounds()),
         architecture.has_parameters()
             ? FormatCount(static_cast<int64_t>(architecture.parameters()))
             : kNotAvailable,
         MeanAndDeviation(architecture.test_error()),
         MeanAndDeviation(architecture.train_error()),
         MeanAndDeviation(architecture.digit_error()),
         FormatFixed(ValueIf(seconds.has_mean(), seconds.mean()), kDecimals)});
  }
  return table;
}

std::string SummaryCaption() {
  return "Errors in %, mean ± standard deviation (n-1) of the rounds used; "
         "mean time.";
}

std::string SummaryText(const proto::StudyStatistics& statistics) {
  std::string text = absl::StrCat(TextTable(SummaryTable(statistics)), "\n",
                                  SummaryCaption(), "\n");
  for (const proto::Lint& lint : statistics.lints()) {
    if (lint.severity() != proto::Lint::WARNING) continue;
    absl::StrAppend(&text, "warning: ", lint.message(), "\n");
  }
  return text;
}

}  // namespace minidl
