#ifndef MINIDL_STATISTICS_SUMMARY_TABLE_H_
#define MINIDL_STATISTICS_SUMMARY_TABLE_H_

#include <string>

#include "proto/statistics.pb.h"
#include "statistics/table.h"

namespace minidl {

// A row an architecture: rounds used, parameters, means ± standard deviations.
Table SummaryTable(const proto::StudyStatistics& statistics);

// "16.50 ± 1.20".
std::string MeanAndDeviation(const proto::Estimate& estimate);

// What the figures of SummaryTable are, in one line.
std::string SummaryCaption();

// The table, its caption and what makes figures wrong: a study in short, for a
// terminal.
std::string SummaryText(const proto::StudyStatistics& statistics);

}  // namespace minidl

#endif  // MINIDL_STATISTICS_SUMMARY_TABLE_H_
