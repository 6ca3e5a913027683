#ifndef MINIDL_TOOLS_REPLAY_RECORDS_H_
#define MINIDL_TOOLS_REPLAY_RECORDS_H_

#include <atomic>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/console.h"

namespace minidl {

struct ReplayRecordsOptions {
  // As the user wrote them: see RecordFilePaths.
  std::vector<std::string> files;
  // Which records to run again; empty, and none, for all.
  std::vector<std::string> architectures;
  std::optional<int> only_round;
  // The data set's files: see DataSetDirectory.
  std::string mnist_dir;
  int jobs = 1;  // Rounds that run at the same time.
  std::FILE* progress = stderr;
};

// Runs the rounds of the files' records again, from what these say alone, and
// compares what comes out bit by bit. In the end, also of an interrupted run, a
// line for each record is printed, in the files' order: the same, or in which
// field it differs first, with the record's value and the new one; and a
// summary. What older records and smaller ones (see MergeRecords) lack is not
// compared; records of interrupted rounds are not run.
//
// DataLoss if any record differs; InvalidArgument if one says what cannot be
// run, or none is chosen; Cancelled if `cancelled` becomes true.
absl::Status ReplayRecords(const ReplayRecordsOptions& options,
                           std::atomic<bool>& cancelled,
                           const Console& console);

}  // namespace minidl

#endif  // MINIDL_TOOLS_REPLAY_RECORDS_H_
